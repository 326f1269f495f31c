/** What is asked of a socket: those of browsers, of Node.js and of `ws` all have it. */
export interface WebSocketLike {
  addEventListener(type: 'error', listener: () => void): void;
  close(code?: number, reason?: string): void;
}

/** Opens sockets: `WebSocket` of the browser, of Node.js 22 or later, or of `ws`. */
export type WebSocketConstructor = new (url: string, protocol: string) => WebSocketLike;

/** The one that was given, or that of the place where this runs. */
export function webSocketOf(given: WebSocketConstructor | undefined): WebSocketConstructor {
  const found = given ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
  if (found === undefined) throw new Error('There is no WebSocket here: pass that of the package ws as `webSocketImpl`.');
  return found;
}

/**
 * Hands a socket that is being opened to a library which opens its own. So what the constructor throws is ours to catch, and an error that
 * comes when nobody listens any more is an uncaught one nowhere.
 */
export function handOver(socket: WebSocketLike): unknown {
  socket.addEventListener('error', () => undefined);
  const opened = function opened() {
    return socket;
  };
  return Object.assign(opened, { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 });
}
