import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Keeps track of connections on which nothing was ever asked, such as those that clients open in advance. Stopping a server ends idle
 * connections and waits for those at work; these are neither, and it would wait for them in vain. Answers how to end them.
 */
export function trackUnusedConnections(server: Server): () => void {
  const unused = new Set<Socket>();
  const isUsed = ({ socket }: IncomingMessage): void => void unused.delete(socket);
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', isUsed);
  server.on('upgrade', isUsed);
  return () => {
    for (const socket of unused) socket.destroy();
  };
}
