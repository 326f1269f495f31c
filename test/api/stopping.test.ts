import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { endConnectionsInOrder } from '../../src/gateway/end-connections.ts';
import { bearer, type Doors, startDoors } from './gateway-under-test.ts';
import { lettersUnderWay } from './stand-in.resolver.ts';

const CLIENTS = 20;
const PROMPTLY_MS = 2_000;

let doors: Doors;
let token: string;
let clients: Socket[];
beforeEach(async () => {
  doors = await startDoors();
  token = await doors.token({ role: 'OPERATOR' });
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  await doors.stop();
});

const letters = (count: number, afterMs: number): string => JSON.stringify({ query: `{ letters(count: ${count}, afterMs: ${afterMs}) }` });

/** Asks over a connection that is kept for more. */
async function ask(agent: Agent, body: string): Promise<IncomingMessage> {
  const asked = request(doors.url, { agent, method: 'POST', headers: { 'content-type': 'application/json', ...bearer(token) } });
  asked.end(body);
  const [response] = await once(asked, 'response');
  return response;
}

/** A bare connection, on which a client may do as it likes. */
async function open(port: number | string): Promise<Socket> {
  const client = connect({ port: Number(port), host: '127.0.0.1' });
  clients.push(client);
  await once(client, 'connect');
  return client;
}

const openToDoors = () => open(new URL(doors.url).port);

const written = (body: string): string =>
  `POST /graphql HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

async function underWay(count: number): Promise<void> {
  while (lettersUnderWay.count !== count) await setImmediate();
}

/** Closes, and says how long it took. */
async function timed(close: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await close();
  return performance.now() - before;
}

test('requests that are under way on kept connections when the server stops are answered, and it waits for nothing else', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const everybody = (body: string) =>
    Promise.all(
      Array.from({ length: CLIENTS }, () => ask(agent, body).then(async (response) => [response, await text(response)] as const)),
    );
  const first = await everybody(letters(1, 50));
  expect(first.map(([{ headers }]) => headers.connection)).toEqual(first.map(() => 'keep-alive'));
  const asked = everybody(letters(1, 300));
  await underWay(CLIENTS);
  const took = timed(doors.close);
  const answers = await asked;
  expect(answers.map(([{ statusCode }, body]) => [statusCode, body])).toEqual(answers.map(() => [200, '{"data":{"letters":"x"}}\n']));
  expect(answers.map(([{ headers }]) => headers.connection)).toEqual(answers.map(() => 'close'));
  expect(await took).toBeLessThan(PROMPTLY_MS);
});

test('an answer that is being read slowly when the server stops is sent to its end', async () => {
  const agent = new Agent({ keepAlive: true });
  const count = 16_000_000;
  const response = await ask(agent, letters(count, 0));
  const took = timed(doors.close);
  await setTimeout(200);
  expect(await text(response)).toHaveLength(count + '{"data":{"letters":""}}\n'.length);
  expect(response.headers.connection).toBe('keep-alive');
  expect(await took).toBeLessThan(PROMPTLY_MS);
});

test('a request that comes behind one that is under way when the server stops is refused with 503, and neither is cut off', async () => {
  const client = await openToDoors();
  client.write(written(letters(1, 300)));
  await underWay(1);
  const took = timed(doors.close);
  await setTimeout(50);
  client.write(written(letters(1, 0)));
  const answers = await text(client);
  expect(answers.match(/HTTP\/1.1 \d+|connection: .*/gi)?.map((line) => line.toLowerCase())).toEqual([
    'http/1.1 200',
    'http/1.1 503',
    'connection: close',
  ]);
  expect(await took).toBeLessThan(PROMPTLY_MS);
});

test('connections that are idle when the server stops, used or not, are ended at once', async () => {
  const unused = await openToDoors();
  const used = await openToDoors();
  used.write(written(letters(1, 0)));
  await once(used, 'data');
  const ended = Promise.all([once(unused, 'close'), once(used, 'close')]);
  expect(await timed(doors.close)).toBeLessThan(PROMPTLY_MS);
  await ended;
});

test('a stopping server does not wait long for clients that fall silent, but for an answer as long as it takes', async () => {
  const server = createServer(async (incoming, response) => {
    await text(incoming).catch(() => '');
    await setTimeout(incoming.url === '/slow' ? 500 : 0);
    response.end('x'.repeat(incoming.url === '/long' ? 16_000_000 : 1));
  });
  endConnectionsInOrder(server, 100);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const [halfSent, unread, slow] = await Promise.all([open(port), open(port), open(port)]);
  halfSent.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n12345');
  unread.pause().write('GET /long HTTP/1.1\r\nhost: a\r\n\r\n');
  slow.write('GET /slow HTTP/1.1\r\nhost: a\r\n\r\n');
  await setTimeout(50);
  const answered = text(slow);
  expect(await timed(() => new Promise((resolve) => server.close(resolve)))).toBeLessThan(PROMPTLY_MS);
  expect(await answered).toMatch(/^HTTP\/1.1 200 OK\r\nconnection: close\r\n[\s\S]*\r\n\r\nx$/);
});
