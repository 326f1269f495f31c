import { isDatabaseAway } from '../../platform/database-faults.ts';
import { type Running, type Sink, startFeed } from '../../platform/live/feed.ts';
import type { Audience } from './audience.ts';

/** One subscription's way to its client. */
export interface Channel {
  /** Sends the text of one result. */
  write(text: string): void;
  /** Whether the client has so much left to read that nothing more should be sent. */
  isFull(): boolean;
  /** Calls back once when the client has caught up. */
  whenDrained(drained: () => void): void;
}

export interface Delivery {
  /** Settles when the feed has ended and everything is sent; rejects when it ended with an error. */
  readonly over: Promise<void>;
  stop(): void;
}

/** Texts that wait for one that is still being made. */
const MAX_QUEUED = 1_000;

/**
 * Delivers a feed to one client, in order. What comes while the client is too slow is dropped, and once it has caught up the feed
 * begins again with how things stand: a slow client costs no memory, and slows nobody else.
 */
export function deliver(source: AsyncIterable<unknown>, audience: Audience, channel: Channel): Delivery {
  const over = Promise.withResolvers<void>();
  // Nobody may be listening yet, or any more.
  over.promise.catch(() => undefined);
  let queue: (string | Promise<string>)[] = [];
  let isFlushing = false;
  let hasDropped = false;
  let end: { readonly error: unknown } | undefined;
  let isStopped = false;

  const sink: Sink<object> = {
    next(event) {
      if (isStopped || hasDropped) return;
      if (channel.isFull() || queue.length >= MAX_QUEUED) {
        drop();
        return;
      }
      const text = audience.textOf(event);
      if (!isFlushing && typeof text === 'string') channel.write(text);
      else {
        queue.push(text);
        if (!isFlushing) void flush();
      }
    },
    end(error) {
      end = { error };
      if (!isFlushing) finish();
    },
  };

  function drop(): void {
    if (hasDropped) return;
    hasDropped = true;
    channel.whenDrained(() => {
      hasDropped = false;
      if (!isStopped && end === undefined) running.restart();
    });
  }

  async function flush(): Promise<void> {
    isFlushing = true;
    try {
      for (let text = queue.shift(); text !== undefined; text = queue.shift()) {
        const done = await text;
        if (isStopped) return;
        channel.write(done);
      }
    } catch (error) {
      queue = [];
      // The feed bears a database that is away, and begins again with how things stand.
      if (isDatabaseAway(error)) drop();
      else end = { error };
    }
    isFlushing = false;
    if (end !== undefined) finish();
  }

  function finish(): void {
    if (end?.error === undefined) over.resolve();
    else over.reject(end.error);
    stop();
  }

  function stop(): void {
    if (isStopped) return;
    isStopped = true;
    queue = [];
    running.stop();
    audience.leave();
    over.resolve();
  }

  const running: Running = startFeed(source, sink);
  return { over: over.promise, stop };
}
