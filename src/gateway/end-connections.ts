import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long a client may neither send nor read what it has begun, once the server is stopping. */
const PATIENCE_MS = 5_000;

/**
 * Makes a server that is closed end each connection with the last answer that it owes. Left to itself it would cut off answers that are given
 * but not yet sent, and wait in vain for connections on which nothing was ever asked, for those that are kept after their answer in case
 * more is asked, and for clients that have gone silent within a request.
 */
export function endConnectionsInOrder(server: Server, patienceMs = PATIENCE_MS): void {
  /** Connections with the latest answer that each owes, or none. */
  const owed = new Map<Socket, ServerResponse | undefined>();
  let isStopping = false;

  server.on('connection', (socket) => {
    owed.set(socket, undefined);
    socket.once('close', () => owed.delete(socket));
  });
  server.on('upgrade', ({ socket }) => void owed.delete(socket));
  server.on('request', ({ socket }, response) => {
    const earlier = owed.get(socket);
    owed.set(socket, response);
    if (isStopping) {
      // What was asked in the meantime is refused, which the client is to read, too.
      if (earlier?.headersSent === false) earlier.removeHeader('connection');
      sayLast(response);
    }
    response.once('close', () => {
      if (owed.get(socket) !== response) return;
      owed.set(socket, undefined);
      if (isStopping) socket.destroySoon();
    });
  });
  server.on('timeout', (socket) => {
    if (!isBeingMade(owed.get(socket))) socket.destroy();
  });
  // Called when the server is closed, before it stops listening.
  server.closeIdleConnections = () => {
    isStopping = true;
    for (const [socket, response] of owed) {
      if (response === undefined) {
        socket.destroy();
      } else {
        sayLast(response);
        socket.setTimeout(patienceMs);
      }
    }
  };
}

/** The client then asks no more on this connection. */
function sayLast(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}

/** Whether it is the server that is waited for, and not the client. */
function isBeingMade(response: ServerResponse | undefined): boolean {
  return response?.req.complete === true && !response.writableEnded;
}
