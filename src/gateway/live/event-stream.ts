import type { ServerResponse } from 'node:http';
import { createBacklog } from './backlog.ts';
import type { Channel } from './delivery.ts';

/** One response of server-sent events. */
export interface EventStream extends Channel {
  /** Says that nothing more comes, and ends. */
  complete(): void;
  /** Ends without saying so, which a client takes as a lost connection. */
  breakOff(): void;
}

const KEEP_ALIVE_MS = 12_000;
const GOODBYE_MS = 1_000;
export const EVENT_STREAM = 'text/event-stream';

/** Begins a response of events. It says something at times also when there is nothing to say, so that nobody in between takes it for dead. */
export function openEventStream(response: ServerResponse, requestId: string, keepAliveMs = KEEP_ALIVE_MS): EventStream {
  response.writeHead(200, {
    'content-type': `${EVENT_STREAM}; charset=utf-8`,
    'cache-control': 'no-store',
    // Ended, it is of no further use: nobody who stops the server waits for it.
    connection: 'close',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
    'x-request-id': requestId,
  });
  response.flushHeaders();
  const backlog = createBacklog({ bytes: () => response.writableLength, onTooSlow: () => response.destroy() });
  const keepAlive = setInterval(() => {
    if (!backlog.isFull()) response.write(':\n\n');
  }, keepAliveMs);
  keepAlive.unref();
  // A write that came too late, or to nobody.
  response.on('error', () => response.destroy());
  response.once('close', () => {
    clearInterval(keepAlive);
    backlog.forget();
  });

  /** A client that reads nothing does not read the end either, and is not waited for. */
  function end(text: string): void {
    if (response.writableEnded) return;
    clearInterval(keepAlive);
    response.end(text);
    setTimeout(() => response.destroy(), GOODBYE_MS).unref();
  }

  return {
    write: (text) => void (response.writableEnded || response.write(`event: next\ndata: ${text}\n\n`)),
    isFull: backlog.isFull,
    whenDrained: backlog.whenDrained,
    complete: () => end('event: complete\ndata:\n\n'),
    breakOff: () => end(''),
  };
}
