import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import WebSocket, { WebSocketServer } from 'ws';
import { createBacklog } from '../../src/gateway/live/backlog.ts';
import { createKeepAlive } from '../../src/gateway/live/keep-alive.ts';
import { serve, type TestApp } from '../support/app.ts';
import { type Member, type Nova, operation, startNova } from '../support/coalition.ts';
import { type Followed, follow, stopFollowing, type ToldBalance, until } from '../support/follow.ts';

let nova: Nova;
/** A second process on the same database, where one client may have three connections. */
let other: TestApp;
beforeAll(async () => {
  nova = await startNova();
  other = await serve(nova.app.url, { CONNECTIONS_PER_CLIENT: '3' });
});
afterAll(async () => {
  await stopFollowing();
  await other.stop();
  await nova.stop();
});

interface Change extends ToldBalance {
  change: { type: string; points: number; partner: { code: string } | null } | null;
}

const tokenOf = ({ id }: Member) => nova.app.token({ role: 'MEMBER', member: id });
const balances = async (app: TestApp, member: Member) => follow<Change>(app, await tokenOf(member), operation('balance-changed'));
const apt = ({ seen }: { readonly seen: readonly Change[] }) => seen.filter(({ currency }) => currency.code === 'APT');
const upTo = (last: number) => Array.from({ length: last + 1 }, (_, at) => String(at));

/** Many changes of one member's wallet, in one transaction. */
async function earnOften(member: Member, times: number): Promise<void> {
  const { refused } = await nova.earnMany(
    'AERO',
    Array.from({ length: times }, () => nova.accrueInput(member, { points: 1 })),
  );
  expect(refused).toBe(0);
}

test('[C12] a hundred changes at a time, through two processes, come to the followers at both without gap or repeat, in order', async () => {
  const member = await nova.enrol();
  const followers = [await balances(nova.app, member), await balances(other, member), await balances(other, member)];
  await until(() => followers.every(({ seen }) => seen.length === 3));
  const token = await nova.token('AERO');
  await Promise.all(
    Array.from({ length: 100 }, async (_, at) => {
      const input = nova.accrueInput(member, { points: 1 + at });
      const { data } = await (at % 2 === 0 ? nova.app : other).graphql(operation('accrue'), { token, variables: { input } });
      expect(data.accrue.userErrors).toEqual([]);
    }),
  );
  await until(() => followers.every((follower) => apt(follower).length === 101), 10_000);
  const { available } = await nova.balanceOf(member, 'APT');
  for (const follower of followers) {
    expect(apt(follower).map(({ version }) => version)).toEqual(upTo(100));
    expect(apt(follower).at(-1)?.available).toBe(available);
    let sum = 0;
    for (const { available: after, change } of apt(follower)) {
      sum += change?.points ?? 0;
      expect(after).toBe(sum);
    }
    follower.stop();
  }
});

test('more changes at once than are kept for a subscriber come all the same, and after more missed ones a snapshot stands for them', async () => {
  const member = await nova.enrol();
  const follower = await balances(nova.app, member);
  await until(() => follower.seen.length === 3);
  await earnOften(member, 1_000);
  await earnOften(member, 500);
  await until(() => apt(follower).length === 1_501, 20_000);
  expect(apt(follower).map(({ version }) => version)).toEqual(upTo(1_500));
  follower.stop();
  const resumed = follow<Change>(nova.app, await tokenOf(member), operation('balance-changed'), {
    after: [{ currency: 'APT', version: '400' }],
  });
  await until(() => apt(resumed).length > 0);
  expect(apt(resumed)).toMatchObject([{ version: '1500', available: 1_500, resync: true }]);
  resumed.stop();
});

test('a client that reads too slowly gets the newest state instead of what it missed, and slows nobody else', async () => {
  const member = await nova.enrol();
  const quick = await balances(nova.app, member);
  await until(() => quick.seen.length === 3);
  const slow = new WebSocket(nova.app.wsUrl, 'graphql-transport-ws');
  await once(slow, 'open');
  slow.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${await tokenOf(member)}` } }));
  const bySubscription = new Map<string, Change[]>();
  slow.on('message', (data) => {
    const { id, type, payload } = JSON.parse(String(data));
    if (type === 'next') bySubscription.set(id, [...(bySubscription.get(id) ?? []), payload.data.balanceChanged]);
  });
  await once(slow, 'message');
  const subscriptions = Array.from({ length: 50 }, (_, at) => `s${at}`);
  for (const id of subscriptions) slow.send(JSON.stringify({ id, type: 'subscribe', payload: { query: operation('balance-changed') } }));
  await until(() => bySubscription.size === 50 && [...bySubscription.values()].every(({ length }) => length === 3));
  slow.pause();
  // More than the buffers of both ends of a connection hold.
  await earnOften(member, 1_000);
  await earnOften(member, 200);
  await until(() => apt(quick).length === 1_201, 20_000);
  slow.resume();
  await until(() => [...bySubscription.values()].every((seen) => apt({ seen }).at(-1)?.version === '1200'), 20_000);
  let jumps = 0;
  for (const seen of bySubscription.values()) {
    for (const [at, { version, resync }] of apt({ seen }).entries()) {
      const before = Number(apt({ seen })[at - 1]?.version ?? -1);
      if (resync) expect(Number(version)).toBeGreaterThanOrEqual(before);
      else expect(Number(version)).toBe(before + 1);
      if (resync && at > 0) jumps += 1;
    }
  }
  expect(jumps).toBeGreaterThan(0);
  await nova.earn('AERO', member, { points: 1 });
  await until(() => [...bySubscription.values()].every((seen) => apt({ seen }).at(-1)?.version === '1201'));
  slow.close();
  quick.stop();
});

test('a client that reads nothing for too long is given up, and one that caught up is not', async () => {
  let unread = 1_000_000;
  let isGivenUp = false;
  let drained = 0;
  const backlog = createBacklog({ bytes: () => unread, onTooSlow: () => (isGivenUp = true), patienceMs: 300 });
  expect(backlog.isFull()).toBe(true);
  backlog.whenDrained(() => (drained += 1));
  unread = 0;
  await until(() => drained === 1);
  unread = 1_000_000;
  backlog.whenDrained(() => (drained += 1));
  await until(() => isGivenUp);
  expect(drained).toBe(1);
});

test('a client that answers no ping is gone after two of them, and one that does stays', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const keepAlive = createKeepAlive(240);
  server.on('connection', (socket) => keepAlive.add(socket));
  const { port } = server.address() as AddressInfo;
  const [lively, dead] = [new WebSocket(`ws://127.0.0.1:${port}`), new WebSocket(`ws://127.0.0.1:${port}`, { autoPong: false })];
  await once(dead, 'close');
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(lively.readyState).toBe(WebSocket.OPEN);
  keepAlive.stop();
  lively.terminate();
  server.close();
});

test('one client has so many connections at a time, of sockets and streams together, and another is not concerned', async () => {
  const [one, two] = [await nova.enrol(), await nova.enrol()];
  const token = await tokenOf(one);
  const sockets = [await balances(other, one), await balances(other, one)];
  await until(() => sockets.every(({ seen }) => seen.length === 3));
  const stream = () =>
    fetch(`${other.httpUrl}/graphql`, {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: operation('balance-changed') }),
    });
  const third = await stream();
  expect(third.status).toBe(200);
  const fourth = await stream();
  expect(fourth.status).toBe(429);
  expect(await fourth.json()).toMatchObject({ errors: [{ extensions: { code: 'LIMIT_EXCEEDED' } }] });
  const refused = await balances(other, one);
  await until(() => refused.errors.length > 0);
  expect(refused.errors).toMatchObject([{ code: 1013 }]);
  const another = await balances(other, two);
  await until(() => another.seen.length === 3);
  // Who leaves makes room.
  await third.body?.cancel();
  const followed: Followed<Change>[] = [];
  for (let tries = 0; followed.every(({ seen }) => seen.length === 0); tries += 1) {
    expect(tries).toBeLessThan(50);
    followed.push(await balances(other, one));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
});

test('what a partner may know is asked for every change: a contract that is suspended shares nothing from the next change on', async () => {
  await nova.join('FOLLOWS', { clauses: [{ dataSharing: { fields: ['ACTIVITY'], purposes: ['PERSONALISATION'] } }] });
  const consents = ['SERVICE', 'DATA_SHARING', 'PERSONALISATION'].map((purpose) => ({ purpose, granted: true, version: 'v1' }));
  const member = await nova.enrol({ consents });
  const partner = follow<Change>(nova.app, await nova.token('FOLLOWS'), operation('balance-changed'), { memberId: member.id });
  await until(() => partner.seen.length === 3);
  await nova.earn('AERO', member, { points: 1 });
  await until(() => apt(partner).length === 2);
  const contracts = follow<{ contract: { id: string; partner: { code: string } } }>(nova.app, nova.operator, operation('contract-changed'));
  const ofFollows = () => contracts.seen.find(({ contract }) => contract.partner.code === 'FOLLOWS')?.contract.id;
  await until(() => ofFollows() !== undefined);
  await nova.operate('suspend-contract', { contractId: ofFollows(), reason: 'Unpaid.' });
  await nova.earn('AERO', member, { points: 2 });
  await until(() => apt(partner).length === 3);
  await nova.operate('resume-contract', { contractId: ofFollows() });
  await nova.earn('AERO', member, { points: 3 });
  await until(() => apt(partner).length === 4);
  expect(apt(partner).map(({ version, available, change }) => [version, available, change?.points])).toEqual([
    ['0', 0, undefined],
    ['1', 1, 1],
    ['2', 3, undefined],
    ['3', 6, 3],
  ]);
});
