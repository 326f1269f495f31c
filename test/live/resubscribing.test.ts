import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import WebSocket from 'ws';
import { type Member, type Nova, operation, startNova } from '../support/coalition.ts';
import { type ToldBalance, until } from '../support/follow.ts';

let nova: Nova;
const sockets: WebSocket[] = [];
beforeAll(async () => {
  nova = await startNova();
});
afterAll(async () => {
  for (const socket of sockets) socket.terminate();
  await nova.stop();
});

interface Message {
  readonly id?: string;
  readonly type: string;
  readonly payload?: { readonly data?: { readonly balanceChanged: ToldBalance } };
}

/** One socket of a client that says what it wants when it wants, and all that came on it. */
async function connect(token: string) {
  const socket = new WebSocket(nova.app.wsUrl, 'graphql-transport-ws');
  sockets.push(socket);
  const inbox: Message[] = [];
  const closed = once(socket, 'close').then(([code]) => code as number);
  socket.on('message', (data) => void inbox.push(JSON.parse(String(data))));
  const send = (message: unknown) => socket.send(JSON.stringify(message));
  await once(socket, 'open');
  send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
  await until(() => inbox.length === 1);
  return {
    inbox,
    closed,
    subscribe: (id: string, variables: object, query = operation('balance-changed')) =>
      send({ id, type: 'subscribe', payload: { query, variables } }),
    complete: (id: string) => send({ id, type: 'complete' }),
  };
}

/** What was told of one currency under an id, of the messages from some place on. */
const told = (inbox: readonly Message[], id: string, currency = 'APT', from = 0) =>
  inbox.slice(from).flatMap((message) => {
    const change = message.id === id ? message.payload?.data?.balanceChanged : undefined;
    return change?.currency.code === currency ? [change] : [];
  });

test('however often all who follow leave and come back amid changes, what they get together has no gap and no repeat', async () => {
  const members = [await nova.enrol(), await nova.enrol()];
  const [perWriter, writers] = [25, 3];
  const total = perWriter * writers;
  const following = members.map(async (member, which) => {
    const client = await connect(await nova.app.token({ role: 'MEMBER', member: member.id }));
    const got: string[] = [];
    let rounds = 0;
    for (const deadline = Date.now() + 15_000; got.length < total && Date.now() < deadline; rounds += 1) {
      const id = `r${rounds}`;
      client.subscribe(id, { after: [{ currency: 'APT', version: String(got.length) }] });
      // Some leave before they have heard anything.
      if (rounds % 3 === 0) await until(() => told(client.inbox, id, 'CPT').length > 0);
      await pause((rounds * 7 + which * 5) % 31);
      // What comes later under this id is not taken any more.
      const changes = told(client.inbox, id);
      client.complete(id);
      expect(changes.filter(({ resync }) => resync)).toEqual([]);
      got.push(...changes.map(({ version }) => version));
      if (rounds % 4 > 0) await pause((rounds * 11) % 23);
    }
    return { got, rounds };
  });
  await Promise.all(
    members.flatMap((member) =>
      Array.from({ length: writers }, async () => {
        for (let at = 0; at < perWriter; at += 1) await nova.earn('AERO', member, { points: 1 });
      }),
    ),
  );
  for (const { got, rounds } of await Promise.all(following)) {
    expect(got).toEqual(Array.from({ length: total }, (_, at) => String(at + 1)));
    expect(rounds).toBeGreaterThan(5);
  }
  // Nobody follows any more, so nothing is read for anybody.
  await until(() => nova.app.db.commits.size === 0);
});

test('an id in use closes the socket with 4409, also while the first is still being prepared', async () => {
  const { id: memberId } = await nova.enrol();
  const [active, early] = [await connect(nova.operator), await connect(nova.operator)];
  active.subscribe('s', { memberId });
  await until(() => told(active.inbox, 's').length === 1);
  active.subscribe('s', { memberId });
  expect(await active.closed).toBe(4409);
  for (let times = 0; times < 2; times += 1) early.subscribe('s', { memberId });
  expect(await early.closed).toBe(4409);
});

describe('an id is free again once its operation was completed', () => {
  let one: Member;
  let two: Member;
  beforeAll(async () => {
    [one, two] = [await nova.enrol(), await nova.enrol()];
    await nova.earn('AERO', one, { points: 1 });
    await nova.earn('AERO', two, { points: 200 });
  });

  test('and the next one with it gets a snapshot of its own and nothing of the one before', async () => {
    const client = await connect(nova.operator);
    client.subscribe('s', { memberId: one.id });
    await until(() => client.inbox.length === 4);
    for (let times = 1; times <= 10; times += 1) {
      const from = client.inbox.length;
      client.complete('s');
      client.subscribe('s', { memberId: times % 2 === 0 ? one.id : two.id });
      await until(() => client.inbox.length === from + 3);
      expect(told(client.inbox, 's', 'APT', from)).toMatchObject([{ available: times % 2 === 0 ? 1 : 200, resync: true }]);
    }
    client.complete('s');
    client.subscribe('s', { memberId: two.id });
    const from = client.inbox.length;
    await until(() => client.inbox.length === from + 3);
    await nova.earn('AERO', one, { points: 1 });
    await nova.earn('AERO', two, { points: 1 });
    await until(() => told(client.inbox, 's', 'APT', from).at(-1)?.version === '2');
    expect(told(client.inbox, 's', 'APT', from)).toMatchObject([{ available: 200 }, { available: 201 }]);
    expect(client.inbox.every(({ type }) => type === 'connection_ack' || type === 'next')).toBe(true);
  });

  test.each([
    ['a subscription', operation('balance-changed'), () => ({ memberId: one.id })],
    ['a subscription that is refused', operation('balance-changed'), () => ({ memberId: 'mem_0' })],
    ['a document with a mistake', '{ nothing }', () => ({})],
    ['a query', operation('program'), () => ({})],
  ])('also when that was %s still being prepared', async (_name, query, variables) => {
    const client = await connect(nova.operator);
    client.subscribe('s', variables(), query);
    client.complete('s');
    client.subscribe('s', { memberId: two.id });
    await until(() => told(client.inbox, 's', 'CPT').length > 0);
    const [{ version } = { version: '' }] = told(client.inbox, 's').slice(-1);
    await nova.earn('AERO', one, { points: 1 });
    await nova.earn('AERO', two, { points: 1 });
    await until(() => told(client.inbox, 's').at(-1)?.version === String(Number(version) + 1));
    expect(client.inbox.slice(1).map(({ type }) => type)).toEqual(['next', 'next', 'next', 'next']);
    expect(told(client.inbox, 's')).toMatchObject([
      { version, resync: true },
      { version: String(Number(version) + 1), resync: false },
    ]);
    client.complete('s');
  });
});
