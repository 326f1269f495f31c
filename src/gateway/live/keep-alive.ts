import type { WebSocket } from 'ws';

/** A client that has not answered a ping by the next one is gone. */
const PINGED_EVERY_MS = 12_000;
const PARTS = 12;

/** Pings sockets, a part of them at a time, so that thousands are not pinged at once and none needs a timer of its own. */
export interface KeepAlive {
  add(socket: WebSocket): void;
  stop(): void;
}

export function createKeepAlive(everyMs = PINGED_EVERY_MS): KeepAlive {
  const parts = Array.from({ length: PARTS }, () => new Map<WebSocket, { isAlive: boolean }>());
  let turn = 0;
  let added = 0;
  const timer = setInterval(() => {
    turn = (turn + 1) % PARTS;
    for (const [socket, state] of parts[turn] ?? []) {
      if (!state.isAlive) socket.terminate();
      else {
        state.isAlive = false;
        socket.ping();
      }
    }
  }, everyMs / PARTS);
  timer.unref();
  return {
    add(socket) {
      added += 1;
      const part = parts[added % PARTS];
      const state = { isAlive: true };
      part?.set(socket, state);
      socket.on('pong', () => (state.isAlive = true));
      socket.on('close', () => part?.delete(socket));
    },
    stop: () => clearInterval(timer),
  };
}
