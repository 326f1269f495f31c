import { mintSandboxToken } from '../../src/gateway/tokens.ts';
import { accrualOf, type Member, type Nova, startNova } from '../support/coalition.ts';
import { openPortal, type Portal, until, versionsOf } from './portal.ts';
import { type Relay, startRelay } from './relay.ts';

let nova: Nova;
let relay: Relay;
let member: Member;
let portals: Portal[];
beforeAll(async () => {
  nova = await startNova();
});
beforeEach(async () => {
  portals = [];
  relay = await startRelay(nova.app.wsUrl);
  member = await nova.enrol();
});
afterEach(async () => {
  for (const { live } of portals) live.close();
  await relay.close();
});
afterAll(() => nova.stop());

/** A portal whose application hands out these tokens one after the other, and the last of them from then on. */
function open(tokens: readonly string[] = [member.token]): Portal & { readonly refused: (string | undefined)[] } {
  const left = [...tokens];
  const refused: (string | undefined)[] = [];
  const token = async (last: string | undefined): Promise<string> => {
    refused.push(last);
    return (left.length > 1 ? left.shift() : left[0]) ?? '';
  };
  const portal = openPortal({ url: relay.url, token, firstRetryMs: 2, longestRetryMs: 20 });
  portals.push(portal);
  return { ...portal, refused };
}

const earn = async (points: number) => accrualOf(await nova.earn('AERO', member, { points }));

test.each([1000, 1001, 1012, 1013, 4408, 4499, 4500])('after a close with %i the client comes back and misses nothing', async (code) => {
  const portal = open();
  await until(() => portal.seen.length === 3);
  relay.goodbye(code, 2);
  await earn(1);
  await until(() => versionsOf(portal, 'APT').at(-1) === 1);
  expect(relay.opened()).toBe(4);
  expect(portal.errors).toEqual([]);
});

test.each([4400, 4401, 4406, 4409, 4429])('a close with %i ends the client with an error, as it would be the same again', async (code) => {
  const portal = open();
  await until(() => portal.seen.length === 3);
  relay.goodbye(code);
  await until(() => portal.errors.length === 1);
  expect(portal.errors).toMatchObject([{ code: `${code}`, message: `The connection was closed with ${code}.` }]);
  expect(portal.states.at(-1)).toEqual({ state: 'closed', reason: portal.errors[0] });
  expect(relay.opened()).toBe(1);
});

test('a server that has nothing but faults is given up after ten of them, not before', async () => {
  const portal = open();
  await until(() => portal.seen.length === 3);
  relay.goodbye(4500, 8);
  await until(() => portal.states.at(-1)?.state === 'live');
  await earn(1);
  await until(() => versionsOf(portal, 'APT').at(-1) === 1);
  relay.goodbye(4500, 100);
  await until(() => portal.errors.length === 1);
  expect(portal.errors).toMatchObject([{ code: '4500' }]);
});

test('a refused token is told to the application, and the next one works', async () => {
  const portal = open(['worthless', 'worthless', member.token]);
  await until(() => portal.seen.length === 3);
  expect(portal.refused).toEqual([undefined, 'worthless', 'worthless']);
  expect(portal.errors).toEqual([]);
});

test('the same token refused three times ends the client, and says why', async () => {
  const portal = open(['worthless']);
  await until(() => portal.errors.length === 1);
  expect(portal.errors).toMatchObject([{ code: '4403', message: 'The connection was closed with 4403: Forbidden.' }]);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect([relay.opened(), portal.states.at(-1)?.state]).toEqual([3, 'closed']);
});

test('tokens that are all refused end the client after ten', async () => {
  const portal = open(Array.from({ length: 20 }, (_, at) => `worthless-${at}`));
  await until(() => portal.errors.length === 1);
  expect(relay.opened()).toBe(10);
});

test('when a token ends, the client goes on with a new one and misses nothing', async () => {
  const short = await mintSandboxToken(nova.app.db, { role: 'MEMBER', member: member.id }, 2);
  const portal = open([short, member.token]);
  await until(() => portal.seen.length === 3);
  await earn(1);
  await until(() => portal.states.some(({ reason }) => reason?.code === '4403'));
  await earn(2);
  await until(() => versionsOf(portal, 'APT').at(-1) === 2);
  expect(versionsOf(portal, 'APT')).toEqual([0, 1, 2]);
  expect(portal.refused).toEqual([undefined, short]);
});

/** Puts one message in place of all that come for the next so many subscriptions from now on. */
function instead(count: number, type: string, payload?: unknown): void {
  const replaced = new Set<string>();
  relay.edit((message) => {
    const { type: was, id } = JSON.parse(message);
    if (replaced.has(id)) return [];
    if (was !== 'next' || replaced.size === count) return [message];
    replaced.add(id);
    return [JSON.stringify({ id, type, ...(payload !== undefined && { payload }) })];
  });
}
const errorOf = (code: string) => [{ message: code, extensions: { code } }];

test.each(['INTERNAL_SERVER_ERROR', 'SERVICE_UNAVAILABLE'])(
  'a subscription that fails with %s is tried again on the same connection',
  async (code) => {
    instead(3, 'error', errorOf(code));
    const portal = open();
    await until(() => portal.seen.length === 3);
    expect([relay.opened(), portal.errors]).toEqual([1, []]);
    instead(1, 'next', { data: null, errors: errorOf(code) });
    await earn(4);
    await until(() => versionsOf(portal, 'APT').at(-1) === 1);
    expect([relay.opened(), portal.gaps, portal.errors]).toEqual([1, [], []]);
  },
);

test('a subscription that has nothing but faults is an error after ten of them', async () => {
  instead(1_000, 'error', errorOf('INTERNAL_SERVER_ERROR'));
  const portal = open();
  await until(() => portal.errors.length === 1);
  expect(portal.errors).toMatchObject([{ code: 'INTERNAL_SERVER_ERROR' }]);
  expect(relay.sent.filter(({ type }) => type === 'subscribe')).toHaveLength(10);
});

test('a subscription that the server ends begins again', async () => {
  const portal = open();
  await until(() => portal.seen.length === 3);
  instead(1, 'complete');
  await earn(4);
  await until(() => versionsOf(portal, 'APT').at(-1) === 1);
  expect([relay.opened(), portal.gaps, portal.errors]).toEqual([1, [], []]);
});

test('an operation that is told to be unauthenticated gets a connection with another token', async () => {
  const second = await nova.app.token({ role: 'MEMBER', member: member.id });
  const portal = open([member.token, second]);
  await until(() => portal.seen.length === 3);
  instead(1, 'error', errorOf('UNAUTHENTICATED'));
  await earn(4);
  await until(() => versionsOf(portal, 'APT').at(-1) === 1);
  expect([relay.opened(), portal.refused, portal.errors]).toEqual([2, [undefined, member.token], []]);
});

test('an application that has no token for a while is asked again', async () => {
  let asked = 0;
  const portal = openPortal({
    url: relay.url,
    token: () => {
      asked += 1;
      if (asked < 3) throw new Error('not signed in yet');
      return member.token;
    },
    firstRetryMs: 2,
  });
  portals.push(portal);
  await until(() => portal.seen.length === 3);
  expect(portal.states.map(({ reason }) => reason?.message)).toContain('not signed in yet');
});

test('an address that is none is an error at once', async () => {
  const portal = openPortal({ url: 'points.example.com', token: () => member.token });
  portals.push(portal);
  await until(() => portal.errors.length === 1);
  expect(portal.errors[0]?.message).toContain('No socket can be opened to points.example.com');
});

test('the WebSocket of Node.js itself does as well', async () => {
  const portal = openPortal({ url: relay.url, token: () => member.token, webSocketImpl: undefined, firstRetryMs: 2 });
  portals.push(portal);
  await until(() => portal.seen.length === 3);
  relay.cut();
  await earn(1);
  await until(() => versionsOf(portal, 'APT').at(-1) === 1);
  expect([portal.gaps, portal.errors]).toEqual([[], []]);
});
