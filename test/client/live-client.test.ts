import type { LiveClientOptions } from '../../src/client/create-live-client.ts';
import type { BalancesWish } from '../../src/client/follow-balances.ts';
import { serve } from '../support/app.ts';
import { accrualOf, type Member, type Nova, redemptionOf, startNova } from '../support/coalition.ts';
import { openPortal, type Portal, until, versionsOf } from './portal.ts';
import { type Relay, startRelay, startSilence } from './relay.ts';

let nova: Nova;
let relay: Relay;
let member: Member;
const portals: Portal[] = [];
beforeAll(async () => {
  nova = await startNova();
});
beforeEach(async () => {
  relay = await startRelay(nova.app.wsUrl);
  member = await nova.enrol();
});
afterEach(async () => {
  for (const { live } of portals.splice(0)) live.close();
  await relay.close();
});
afterAll(() => nova.stop());

function open(options: Partial<LiveClientOptions> = {}, wish: Partial<BalancesWish> = {}): Portal {
  const portal = openPortal({ url: relay.url, token: () => member.token, ...options }, wish);
  portals.push(portal);
  return portal;
}

const earn = async (points: number) => accrualOf(await nova.earn('AERO', member, { points }));
const upTo = (count: number) => Array.from({ length: count + 1 }, (_, version) => version);

test('a portal gets a snapshot of every currency and then each change, typed', async () => {
  const portal = open();
  await until(() => portal.seen.length === 3);
  expect(portal.seen[0]).toEqual({ currency: 'APT', version: 0n, available: 0, pending: 0, held: 0, change: undefined, resync: true });
  await earn(1000);
  redemptionOf(await nova.hold('DEPOT', member, 'APT', 300));
  await until(() => portal.seen.length === 5);
  expect(portal.seen.slice(3)).toEqual([
    {
      currency: 'APT',
      version: 1n,
      available: 1000,
      pending: 0,
      held: 0,
      change: { type: 'CONFIRMED', points: 1000, partner: 'AERO', at: expect.any(Date), lotExpiresAt: expect.any(Date) },
      resync: false,
    },
    expect.objectContaining({ version: 2n, available: 700, held: 300, change: expect.objectContaining({ type: 'HELD', points: -300 }) }),
  ]);
  await until(() => portal.states.length === 2);
  expect(portal.states.map(({ state }) => state)).toEqual(['connecting', 'live']);
  portal.stop();
  await until(() => portal.states.at(-1)?.state === 'idle');
  expect([portal.gaps, portal.errors]).toEqual([[], []]);
});

test('a connection that is cut is opened again at once, and what happened meanwhile is told once and in order', async () => {
  const portal = open();
  await until(() => portal.seen.length === 3);
  for (let round = 1; round <= 3; round += 1) {
    await earn(1);
    await until(() => versionsOf(portal, 'APT').at(-1) === 2 * round - 1);
    relay.cut();
    await earn(1);
    await until(() => versionsOf(portal, 'APT').at(-1) === 2 * round);
  }
  expect(versionsOf(portal, 'APT')).toEqual(upTo(6));
  expect(portal.seen.filter(({ resync }) => resync)).toHaveLength(3);
  const subscribed = relay.sent.filter(({ type }) => type === 'subscribe').map(({ payload }) => payload?.variables);
  const zero = [
    { currency: 'BPT', version: '0' },
    { currency: 'CPT', version: '0' },
  ];
  expect(subscribed).toEqual([
    { after: [] },
    { after: [{ currency: 'APT', version: '1' }, ...zero] },
    { after: [{ currency: 'APT', version: '3' }, ...zero] },
    { after: [{ currency: 'APT', version: '5' }, ...zero] },
  ]);
});

test('the first attempt to come back is quick, and those after it wait longer and longer', async () => {
  const portal = open({ firstRetryMs: 40, longestRetryMs: 320 });
  await until(() => portal.seen.length === 3);
  relay.aim('ws://127.0.0.1:1/');
  const before = relay.opened();
  const began = performance.now();
  relay.cut();
  await until(() => relay.opened() === before + 1);
  expect(performance.now() - began).toBeLessThan(1_000);
  // given pauses of at least 20, 40, 80 and 160 ms, then of 160 ms for ever
  await until(() => relay.opened() === before + 6);
  expect(performance.now() - began).toBeGreaterThan(20 + 40 + 80 + 160 + 160 + 160);
  relay.aim(nova.app.wsUrl);
  await earn(7);
  await until(() => versionsOf(portal, 'APT').at(-1) === 1);
  expect(portal.states.filter(({ state }) => state === 'waiting').every(({ reason }) => reason !== undefined)).toBe(true);
  expect(portal.errors).toEqual([]);
});

test('when a server stops, the client goes on at another one', async () => {
  const second = await serve(nova.app.url);
  const targets = [second.wsUrl, nova.app.wsUrl];
  const portal = open({ url: () => targets[0] ?? '' });
  await until(() => portal.seen.length === 3);
  await earn(1);
  await until(() => versionsOf(portal, 'APT').at(-1) === 1);
  targets.shift();
  const stopping = second.stop();
  await earn(2);
  await stopping;
  await earn(3);
  await until(() => versionsOf(portal, 'APT').at(-1) === 3);
  expect(versionsOf(portal, 'APT')).toEqual(upTo(3));
  expect(portal.states.find(({ state }) => state === 'waiting')?.reason).toMatchObject({ code: '1001' });
});

test('a connection on which nothing comes through is noticed, and replaced', async () => {
  const portal = open({ pingEveryMs: 100, pongWithinMs: 800 });
  await until(() => portal.seen.length === 3);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(relay.opened()).toBe(1);
  relay.deaden();
  await earn(5);
  await until(() => versionsOf(portal, 'APT').at(-1) === 1);
  expect(relay.opened()).toBe(2);
  expect(portal.states.find(({ state }) => state === 'waiting')?.reason?.message).toContain('does not answer');
});

test('an address where nobody speaks is given up in time and tried again', async () => {
  const silence = await startSilence();
  const targets = [silence.url];
  const portal = open({ url: () => targets[0] ?? relay.url, connectWithinMs: 400 });
  await until(() => portal.states.some(({ state }) => state === 'waiting'));
  targets.shift();
  await until(() => portal.seen.length === 3);
  silence.close();
});

test('a message that got lost on the way is asked for, and nothing is shown before it has come', async () => {
  const portal = open();
  await until(() => portal.seen.length === 3);
  relay.edit((message) => (message.includes('"version":"2"') ? [] : [message]));
  await earn(1);
  await earn(1);
  await until(() => relay.sent.length > 0 && versionsOf(portal, 'APT').at(-1) === 1);
  relay.edit((message) =>
    message.includes('"version":"2"') && relay.sent.filter(({ type }) => type === 'subscribe').length < 2 ? [] : [message],
  );
  await earn(1);
  await until(() => versionsOf(portal, 'APT').at(-1) === 3);
  expect(versionsOf(portal, 'APT')).toEqual(upTo(3));
  expect(portal.gaps).toEqual([{ kind: 'GAP', currency: 'APT', expected: 2n, received: 3n }]);
  expect(relay.opened()).toBe(1);
});

test('a message that comes twice is shown once', async () => {
  const portal = open();
  await until(() => portal.seen.length === 3);
  relay.edit((message) => (message.includes('"next"') ? [message, message] : [message]));
  await earn(1);
  await earn(2);
  await until(() => versionsOf(portal, 'APT').at(-1) === 2 && portal.gaps.length === 2);
  expect(versionsOf(portal, 'APT')).toEqual(upTo(2));
  expect(portal.gaps).toEqual([
    { kind: 'REPEAT', currency: 'APT', expected: 2n, received: 1n },
    { kind: 'REPEAT', currency: 'APT', expected: 3n, received: 2n },
  ]);
});

test('of two messages in the wrong order none is shown out of order', async () => {
  const portal = open();
  await until(() => portal.seen.length === 3);
  const kept: string[] = [];
  relay.edit((message) => {
    if (!message.includes('"next"') || kept.length === 2) return [message];
    kept.push(message);
    return kept.length === 2 ? kept.toReversed() : [];
  });
  await earn(1);
  await earn(2);
  await until(() => versionsOf(portal, 'APT').at(-1) === 2);
  expect(versionsOf(portal, 'APT')).toEqual(upTo(2));
  expect(portal.gaps).toContainEqual({ kind: 'GAP', currency: 'APT', expected: 1n, received: 2n });
});

test('on a line that loses, repeats and cuts at random every change is shown once and in order', async () => {
  const portal = open({ firstRetryMs: 10, longestRetryMs: 40 });
  await until(() => portal.seen.length === 3);
  relay.edit((message) => {
    const chance = message.includes('"next"') ? Math.random() : 1;
    if (chance < 0.15) return [];
    return chance < 0.3 ? [message, message] : [message];
  });
  for (let version = 1; version < 60; version += 1) {
    await earn(1);
    if (Math.random() < 0.15) relay.cut();
  }
  relay.edit((message) => [message]);
  await earn(1);
  await until(() => versionsOf(portal, 'APT').at(-1) === 60);
  expect(versionsOf(portal, 'APT')).toEqual(upTo(60));
  expect(portal.seen.findLast(({ currency }) => currency === 'APT')?.available).toBe(60);
  expect(portal.errors).toEqual([]);
});

test('who has versions from before begins after them', async () => {
  await earn(1);
  await earn(2);
  const portal = open({}, { after: [{ currency: 'APT', version: 1n }] });
  await until(() => portal.seen.length === 3);
  expect(versionsOf(portal, 'APT')).toEqual([2]);
  expect(portal.seen.find(({ currency }) => currency === 'APT')).toMatchObject({ resync: false, available: 3 });
});

test('what the server refuses comes as an error and is not asked again', async () => {
  const other = await nova.enrol();
  const portal = open({}, { memberId: other.id });
  await until(() => portal.errors.length === 1);
  expect(portal.errors[0]).toMatchObject({ name: 'LiveError', code: 'FORBIDDEN', errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  relay.cut();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(relay.sent.filter(({ type }) => type === 'subscribe')).toHaveLength(1);
  expect([portal.seen, portal.errors.length, portal.states.at(-1)?.state]).toEqual([[], 1, 'idle']);
});

test('any other subscription begins anew after a reconnection, beside the balances', async () => {
  const portal = open();
  const followed: { available: number }[] = [];
  const stop = portal.live.follow<{ balanceChanged: { currency: { code: string }; available: number } }>({
    query: 'subscription ($memberId: ID) { balanceChanged(memberId: $memberId) { currency { code } available } }',
    variables: { memberId: member.id },
    onNext: ({ balanceChanged }) => balanceChanged.currency.code === 'APT' && followed.push(balanceChanged),
    onError: (error) => portal.errors.push(error),
  });
  await until(() => portal.seen.length === 3 && followed.length === 1);
  await earn(5);
  await until(() => followed.length === 2);
  relay.cut();
  await until(() => followed.length === 3);
  expect(followed.map(({ available }) => available)).toEqual([0, 5, 5]);
  expect(relay.opened()).toBe(2);
  stop();
  await earn(6);
  await until(() => versionsOf(portal, 'APT').at(-1) === 2);
  expect(followed).toHaveLength(3);
  expect(portal.errors).toEqual([]);
});

test('a document that is none, and variables that cannot be sent, come as errors and leave the others alone', async () => {
  const portal = open();
  const errors: string[] = [];
  const follow = (query: string, variables: Record<string, unknown> = {}) =>
    portal.live.follow({ query, variables, onNext: () => undefined, onError: ({ message }) => errors.push(message) });
  follow('subscription {');
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  follow('subscription { balanceChanged { version } }', circle);
  await until(() => errors.length === 2 && portal.seen.length === 3);
  await earn(1);
  await until(() => versionsOf(portal, 'APT').at(-1) === 1);
  expect(errors.toSorted()).toEqual([expect.stringContaining('Syntax Error'), expect.stringContaining('circular')]);
  expect(relay.opened()).toBe(1);
});

test('a closed client is silent, stays closed, and says so to whoever asks it', async () => {
  const portal = open();
  await until(() => portal.seen.length === 3);
  portal.live.close();
  await earn(1);
  const errors: string[] = [];
  portal.live.balances({ onBalance: () => undefined, onError: ({ message }) => errors.push(message) });
  await until(() => errors.length === 1);
  expect(errors).toEqual(['The client is closed.']);
  expect([portal.seen.length, portal.errors, portal.states.at(-1)]).toEqual([3, [], { state: 'closed', reason: undefined }]);
  expect(relay.opened()).toBe(1);
});
