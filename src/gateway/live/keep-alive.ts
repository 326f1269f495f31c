import type { WebSocket } from 'ws';

/** A client that has not answered a ping by the next one is gone. */
const EVERY_SECONDS = 12;

/** Pings sockets, a part of them every second, so that thousands are not pinged at once and none needs a timer of its own. */
export interface KeepAlive {
  add(socket: WebSocket): void;
  stop(): void;
}

export function createKeepAlive(): KeepAlive {
  const parts = Array.from({ length: EVERY_SECONDS }, () => new Map<WebSocket, { isAlive: boolean }>());
  let second = 0;
  let added = 0;
  const timer = setInterval(() => {
    second = (second + 1) % EVERY_SECONDS;
    for (const [socket, state] of parts[second] ?? []) {
      if (!state.isAlive) socket.terminate();
      else {
        state.isAlive = false;
        socket.ping();
      }
    }
  }, 1_000);
  timer.unref();
  return {
    add(socket) {
      added += 1;
      const part = parts[added % EVERY_SECONDS];
      const state = { isAlive: true };
      part?.set(socket, state);
      socket.on('pong', () => (state.isAlive = true));
      socket.on('close', () => part?.delete(socket));
    },
    stop: () => clearInterval(timer),
  };
}
