// What ours is measured against: a `ws` server that knows nothing and sends the same bytes to everybody who is connected.

import { type WebSocket, WebSocketServer } from 'ws';
import { answer } from '../answer.ts';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
const sockets: WebSocket[] = [];
server.on('connection', (socket) => sockets.push(socket));
await new Promise((resolve) => server.once('listening', resolve));

function portOf(): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the peer listens on no port');
  return address.port;
}

let next = 0;

answer({
  port: portOf,
  /** The same buffer for all, which is the fastest that `ws` does without a frame of one's own. Answers when it began. */
  broadcast(text: string) {
    const at = performance.timeOrigin + performance.now();
    const bytes = Buffer.from(text);
    for (const socket of sockets) socket.send(bytes, { binary: false });
    return at;
  },
  /** One message to the next socket, beginning with when it was sent. */
  sendOne(length: number) {
    const at = String(performance.timeOrigin + performance.now());
    sockets[next % sockets.length]?.send(`${at} ${'x'.repeat(Math.max(0, length - at.length - 1))}`);
    next += 1;
  },
  stop() {
    for (const socket of sockets) socket.terminate();
    server.close();
  },
});
