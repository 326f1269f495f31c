import { type AddressInfo, createServer, type Server } from 'node:net';
import WebSocket, { WebSocketServer } from 'ws';

/** What the relay does with a message of the server: it passes on whatever is answered. */
type Edit = (message: string) => readonly string[];

/** A line between a client and a server that can be cut, go dead, and lose or repeat messages. */
export interface Relay {
  /** Address for the client. */
  readonly url: string;
  /** Connections that were asked for so far. */
  readonly opened: () => number;
  /** What clients sent, in their order. */
  readonly sent: readonly { readonly type: string; readonly payload?: { readonly variables?: unknown } }[];
  /** Where connections lead from now on. */
  aim(target: string): void;
  edit(how: Edit): void;
  /** Cuts all connections, without a goodbye. */
  cut(): void;
  /** Closes all connections with a code; `next` more are closed as they are opened. */
  goodbye(code: number, next?: number): void;
  /** Connections stay open, and nothing comes through any more. New ones work. */
  deaden(): void;
  close(): Promise<void>;
}

export async function startRelay(target: string): Promise<Relay> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: ([first = '']: Set<string> | string[]) => first });
  await new Promise((resolve) => server.once('listening', resolve));
  let aim = target;
  let edit: Edit = (message) => [message];
  let opened = 0;
  let greeting = { code: 0, left: 0 };
  const sent: { type: string }[] = [];
  const lines = new Set<{ dead: boolean; near: WebSocket; far: WebSocket }>();

  server.on('connection', (near) => {
    opened += 1;
    if (greeting.left > 0) {
      greeting.left -= 1;
      near.close(greeting.code);
      return;
    }
    const far = new WebSocket(aim, 'graphql-transport-ws');
    const line = { dead: false, near, far };
    lines.add(line);
    const waiting: string[] = [];
    near.on('message', (data) => {
      const message = String(data);
      sent.push(JSON.parse(message));
      if (far.readyState === WebSocket.CONNECTING) waiting.push(message);
      else if (!line.dead && far.readyState === WebSocket.OPEN) far.send(message);
    });
    far.on('open', () => {
      for (const message of waiting.splice(0)) far.send(message);
    });
    far.on('message', (data) => {
      if (!line.dead) for (const message of edit(String(data))) near.send(message);
    });
    far.on('error', () => near.terminate());
    far.on('close', (code, reason) => {
      if (line.dead) return;
      if (code === 1005 || code === 1006) near.terminate();
      else near.close(code, reason);
    });
    near.on('close', () => {
      lines.delete(line);
      far.terminate();
    });
  });

  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    opened: () => opened,
    sent,
    aim: (at) => {
      aim = at;
    },
    edit: (how) => {
      edit = how;
    },
    cut: () => {
      for (const { near } of lines) near.terminate();
    },
    goodbye: (code, next = 0) => {
      greeting = { code, left: next };
      for (const { near } of lines) near.close(code);
    },
    deaden: () => {
      for (const line of lines) line.dead = true;
    },
    async close() {
      for (const { near, far } of lines) {
        near.terminate();
        far.terminate();
      }
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A port that takes connections and never answers. */
export async function startSilence(): Promise<{ url: string; close(): void }> {
  const taken = new Set<{ destroy(): void }>();
  const server: Server = createServer((socket) => {
    taken.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    close() {
      for (const socket of taken) socket.destroy();
      server.close();
    },
  };
}
