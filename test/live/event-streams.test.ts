import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'graphql-sse';
import { Client as Postgres } from 'pg';
import { openEventStream } from '../../src/gateway/live/event-stream.ts';
import { mintSandboxToken } from '../../src/gateway/tokens.ts';
import { serve, type TestApp } from '../support/app.ts';
import { cny, type Nova, operation, startNova } from '../support/coalition.ts';
import { until } from '../support/follow.ts';

let nova: Nova;
beforeAll(async () => {
  nova = await startNova();
});
afterAll(() => nova.stop());

interface Change {
  currency: { code: string };
  version: string;
  available: number;
  resync: boolean;
}

/** Follows over server-sent events with their own client. */
function listen(url: string, token: string, variables: Record<string, unknown> = {}, query = operation('balance-changed')) {
  const client = createClient({ url: `${url}/graphql`, headers: { authorization: `Bearer ${token}` }, retryAttempts: 0 });
  const seen: Change[] = [];
  const errors: unknown[] = [];
  const ended = new Promise<string>((resolve) => {
    client.subscribe<{ balanceChanged: Change }>(
      { query, variables },
      {
        next: ({ data, errors: refused }) => {
          if (data?.balanceChanged) seen.push(data.balanceChanged);
          errors.push(...(refused ?? []));
        },
        error: (error) => {
          errors.push(error);
          resolve('error');
        },
        complete: () => resolve('complete'),
      },
    );
  });
  return { seen, errors, ended, dispose: () => client.dispose() };
}

const ask = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${nova.app.httpUrl}/graphql`, {
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

/** A request of a stream on a connection of its own. What is answered is read by nobody. */
function open({ httpUrl }: TestApp, token: string, variables: Record<string, unknown> = {}, query = operation('balance-changed')) {
  const sent = request(`${httpUrl}/graphql`, {
    method: 'POST',
    agent: false,
    headers: { accept: 'text/event-stream', 'content-type': 'application/json', authorization: `Bearer ${token}` },
  });
  const answered = new Promise<number | undefined>((resolve) => {
    sent.once('response', (response: IncomingMessage) => {
      response.on('error', () => undefined);
      resolve(response.statusCode);
    });
    sent.once('close', () => resolve(undefined));
  });
  sent.on('error', () => undefined);
  sent.end(JSON.stringify({ query, variables }));
  return { answered, bytesRead: () => sent.socket?.bytesRead ?? 0, leave: () => void sent.destroy() };
}

/** Asks again as long as there is no seat: the server hears a little later of a client that has left. */
async function whenTaken(ask: () => ReturnType<typeof open>, isTaken: () => Promise<boolean>) {
  for (const deadline = Date.now() + 5_000; Date.now() < deadline; ) {
    const asked = ask();
    let status: number | undefined;
    void asked.answered.then((answer) => (status = answer));
    while (status === undefined && !(await isTaken())) await pause(10);
    if (status !== 429) return asked;
  }
  throw new Error('there is no seat');
}

/** A change of a balance in so many words that a few hundred are more than a connection holds. */
const WORDY = `subscription ($after: [BalanceCursorInput!]) { balanceChanged(after: $after) {
  ${Array.from({ length: 30 }, (_, at) => `${'x'.repeat(1_000)}${at}: available`).join(' ')} } }`;

/** Keeps members from being read, so that a subscription to one of them is not granted before it ends. */
async function holdMembers() {
  const client = new Postgres({ connectionString: nova.app.url });
  await client.connect();
  await client.query('begin');
  await client.query('lock table members.members in access exclusive mode');
  return {
    async waiting(): Promise<number> {
      const { rows } = await client.query(
        'select count(*)::integer as n from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())',
      );
      return rows[0].n;
    },
    async release(): Promise<void> {
      await client.query('rollback');
      await client.end();
    },
  };
}

test('clients without sockets follow balances over server-sent events: a snapshot, every change, and a replay after coming back', async () => {
  const member = await nova.enrol();
  const token = await nova.app.token({ role: 'MEMBER', member: member.id });
  const first = listen(nova.app.httpUrl, token);
  await until(() => first.seen.length === 3);
  expect(first.seen.every(({ resync, version }) => resync && version === '0')).toBe(true);
  for (let at = 0; at < 3; at += 1) await nova.earn('AERO', member, { amount: cny('10.00') });
  await until(() => first.seen.length === 6);
  expect(first.seen.slice(3).map(({ version, available }) => [version, available])).toEqual([
    ['1', 100],
    ['2', 200],
    ['3', 300],
  ]);
  first.dispose();
  const again = listen(nova.app.httpUrl, token, { after: [{ currency: 'APT', version: '1' }] });
  await until(() => again.seen.length === 4);
  expect(again.seen.filter(({ currency }) => currency.code === 'APT').map(({ version }) => version)).toEqual(['2', '3']);
  again.dispose();
});

test('a stream answers a query with one result and ends', async () => {
  const response = await ask({ query: '{ program { code } }' }, { authorization: `Bearer ${nova.operator}` });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await response.text()).toMatch(/^event: next\ndata: \{"data":\{"program":\{"code":"\w+"\}\}\}\n\nevent: complete\ndata:\n\n$/);
});

test('what is wrong with a request of a stream is said with a status', async () => {
  const authorization = { authorization: `Bearer ${nova.operator}` };
  for (const [body, code] of [
    [{ query: 'subscription {' }, 'GRAPHQL_PARSE_FAILED'],
    [{ query: 'subscription { nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
    [{ query: 1 }, 'BAD_USER_INPUT'],
    [[], 'BAD_USER_INPUT'],
  ] as const) {
    const response = await ask(body, authorization);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code } }] });
  }
  expect((await ask({ query: '{ program { code } }' }, { authorization: 'Bearer nonsense' })).status).toBe(401);
  const refused = listen(nova.app.httpUrl, await nova.token('AERO'));
  expect(await refused.ended).toBe('complete');
  expect(refused.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('a server that stops ends its streams, and a client goes on at another one', async () => {
  const stopping: TestApp = await serve(nova.app.url);
  const member = await nova.enrol();
  const token = await nova.app.token({ role: 'MEMBER', member: member.id });
  const first = listen(stopping.httpUrl, token);
  await until(() => first.seen.length === 3);
  await stopping.stop();
  await first.ended;
  await nova.earn('AERO', member, { amount: cny('10.00') });
  const again = listen(nova.app.httpUrl, token, { after: [{ currency: 'APT', version: '0' }] });
  await until(() => again.seen.some(({ version }) => version === '1'));
  again.dispose();
});

test('a client that reads nothing is left when its token has passed, and keeps no server from stopping', async () => {
  const stopping = await serve(nova.app.url, { CONNECTIONS_PER_CLIENT: '1' });
  const member = await nova.enrol();
  const { refused } = await nova.earnMany(
    'AERO',
    Array.from({ length: 400 }, () => nova.accrueInput(member, { points: 1 })),
  );
  expect(refused).toBe(0);
  const after = [{ currency: 'APT', version: 0 }];
  const brief = await mintSandboxToken(nova.app.db, { role: 'MEMBER', member: member.id }, 2);
  const first = open(stopping, brief, { after }, WORDY);
  expect(await first.answered).toBe(200);
  const durable = await nova.app.token({ role: 'MEMBER', member: member.id });
  const ask = () => open(stopping, durable, { after }, WORDY);
  expect(await ask().answered).toBe(429);
  const second = await whenTaken(ask, async () => false);
  const bytes: number[] = [];
  await until(() => bytes.push(second.bytesRead()) > 20 && bytes.at(-1) === bytes.at(-20));
  // Neither has got as much as was told.
  expect(Math.max(first.bytesRead(), second.bytesRead())).toBeLessThan(400 * 30_000);
  const began = performance.now();
  await stopping.stop();
  expect(performance.now() - began).toBeLessThan(4_000);
  for (const { leave } of [first, second]) leave();
});

test('nothing is said any more on a stream that has ended and is not read', async () => {
  const faults: unknown[] = [];
  const ended = Promise.withResolvers<number>();
  const server = createServer(async (_request, response) => {
    response.on('error', (error) => faults.push(error));
    const stream = openEventStream(response, 'r', 20);
    do {
      stream.write('x'.repeat(50_000));
      await pause(5);
    } while (response.writableLength === 0);
    expect(stream.isFull()).toBe(false);
    const began = performance.now();
    response.once('close', () => ended.resolve(performance.now() - began));
    stream.breakOff();
    stream.complete();
    stream.write('too late');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = request({ port, host: '127.0.0.1', agent: false });
  client.on('error', () => undefined);
  client.on('response', (response) => response.on('error', () => undefined));
  client.end();
  expect(await ended.promise).toBeLessThan(2_000);
  expect(faults).toEqual([]);
  client.destroy();
  server.close();
});

test('a client that leaves while its subscription is being prepared keeps no seat, and is followed for by nobody', async () => {
  const small = await serve(nova.app.url, { CONNECTIONS_PER_CLIENT: '3', DATABASE_POOL_SIZE: '16' });
  const { id: memberId } = await nova.enrol();
  const follow = () => open(small, nova.operator, { memberId });
  const members = await holdMembers();
  for (const round of [0, 3]) {
    const leaving: ReturnType<typeof open>[] = [];
    for (const count of [1, 2, 3]) leaving.push(await whenTaken(follow, async () => (await members.waiting()) >= round + count));
    expect(await follow().answered).toBe(429);
    for (const { leave } of leaving) leave();
  }
  await members.release();
  for (let times = 0; times < 30; times += 1) {
    const { leave } = follow();
    if (times % 3 > 0) await pause(times % 7);
    leave();
  }
  const staying: ReturnType<typeof open>[] = [];
  for (let count = 1; count <= 3; count += 1) staying.push(await whenTaken(follow, async () => false));
  expect(await follow().answered).toBe(429);
  for (const { leave } of staying) leave();
  await until(() => small.db.commits.size === 0);
  await small.stop();
});

test('a server that stops while a subscription is being prepared begins it no more', async () => {
  const stopping = await serve(nova.app.url);
  const { id: memberId } = await nova.enrol();
  const members = await holdMembers();
  const [asking, leaving] = [open(stopping, nova.operator, { memberId }), open(stopping, nova.operator, { memberId })];
  while ((await members.waiting()) < 2) await pause(10);
  const stopped = stopping.stop();
  leaving.leave();
  await pause(100);
  const began = performance.now();
  await members.release();
  await stopped;
  expect(performance.now() - began).toBeLessThan(2_000);
  expect(await asking.answered).toBeUndefined();
  expect(stopping.db.commits.size).toBe(0);
});
