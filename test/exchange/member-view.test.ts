import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { accrualOf, cny, type Member, type Nova, operation, redemptionOf, startNova } from '../support/coalition.ts';

let nova: Nova;
const clients: Client[] = [];
beforeAll(async () => {
  nova = await startNova();
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.dispose()));
  await nova.stop();
});

interface Change {
  readonly currency: { readonly code: string };
  readonly version: string;
  readonly available: number;
  readonly held: number;
  readonly pending: number;
  readonly resync: boolean;
  readonly change: { readonly type: string; readonly points: number } | null;
}

/** Follows a member's balance in one currency over a real socket; `seen` grows as messages come. */
function follow(token: string, currency: string) {
  const client = createClient({
    url: nova.app.wsUrl,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
  clients.push(client);
  const seen: Change[] = [];
  const stop = client.subscribe<{ balanceChanged: Change }>(
    { query: operation('balance-changed') },
    {
      next: ({ data }) => {
        if (data?.balanceChanged.currency.code === currency) seen.push(data.balanceChanged);
      },
      error: (error) => {
        throw error;
      },
      complete: () => undefined,
    },
  );
  return { seen, stop };
}

async function until(holds: () => boolean, patience = 5_000): Promise<void> {
  for (const deadline = Date.now() + patience; !holds(); ) {
    if (Date.now() > deadline) throw new Error('this did not come true in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('[S14] accruals of three partners and what was burned are one list, newest first, each once', async () => {
  const member = await nova.enrol({ homePartner: 'BOOKS' });
  // given receipts of three partners, one of them sent twice
  const receipt = { externalId: 'SAME', amount: cny('10.00') };
  await nova.earn('AERO', member, { points: 500, occurredAt: '2026-01-12T10:00:00+08:00' });
  await nova.earn('BOOKS', member, { amount: cny('20.00'), occurredAt: '2026-01-11T10:00:00+08:00' });
  await nova.earn('CAFE', member, receipt);
  await nova.earn('CAFE', member, { ...receipt, channel: 'WEB' });
  const { id } = redemptionOf(await nova.hold('DEPOT', member, 'APT', 200));
  await nova.capture('DEPOT', id);
  const { member: seen } = await nova.run<{ member: { activity: { edges: { node: object }[]; pageInfo: object } } }>(
    nova.operator,
    'member',
    { ref: { id: member.id } },
  );
  expect(seen.activity.edges.map(({ node }) => node)).toMatchObject([
    {
      __typename: 'RedemptionActivity',
      type: 'redemption.captured',
      partner: { code: 'DEPOT' },
      delta: { held: -200 },
      redemption: { id, status: 'CAPTURED' },
    },
    { __typename: 'RedemptionActivity', type: 'redemption.held', partner: { code: 'DEPOT' }, delta: { points: -200, held: 200 } },
    {
      __typename: 'AccrualActivity',
      partner: { code: 'CAFE' },
      delta: { currency: { code: 'CPT' }, points: 100 },
      accrual: { points: 100 },
    },
    { __typename: 'AccrualActivity', partner: { code: 'BOOKS' }, delta: { currency: { code: 'BPT' }, points: 200 } },
    { __typename: 'AccrualActivity', partner: { code: 'AERO' }, delta: { currency: { code: 'APT' }, points: 500 } },
  ]);
  expect(seen.activity.pageInfo).toMatchObject({ hasNextPage: false });
});

test('[V10] a partner does not see transactions of another, by whatever id it asks', async () => {
  const member = await nova.enrol();
  const accrual = accrualOf(await nova.earn('AERO', member, { points: 500 }));
  const redemption = redemptionOf(await nova.hold('DEPOT', member, 'APT', 200));
  for (const [owner, id] of [
    ['AERO', accrual.id],
    ['DEPOT', redemption.id],
  ] as const) {
    expect((await nova.answer(await nova.token(owner), 'transaction', { id })).data.node).toMatchObject({
      id,
      partner: { code: owner },
      member: { displayName: '王*' },
    });
    expect((await nova.answer(member.token, 'transaction', { id })).data.node).toMatchObject({ id, member: { displayName: '王小明' } });
    const foreign = await nova.answer(await nova.token('BOOKS'), 'transaction', { id });
    expect(foreign.data).toEqual({ node: null });
    expect(foreign.errors).toMatchObject([{ path: ['node'], extensions: { code: 'FORBIDDEN' } }]);
    const stranger = await nova.enrol();
    expect((await nova.answer(stranger.token, 'transaction', { id })).data).toEqual({ node: null });
  }
  // Of a member's life a partner sees what it did itself.
  const { data } = await nova.answer(await nova.token('BOOKS'), 'member', { ref: { id: member.id } });
  expect(data.member.activity.edges).toEqual([]);
  const own = await nova.answer(await nova.token('DEPOT'), 'member', { ref: { id: member.id } });
  expect(own.data.member.activity.edges).toMatchObject([{ node: { type: 'redemption.held' } }]);
});

test('a redemption as its member sees it: held, captured in part and refunded, from version 7 to 10', async () => {
  // given 5,000 APT at version 7
  const member = await nova.enrol();
  for (const points of [2000, 500, 500, 500, 500, 500, 500]) await nova.earn('AERO', member, { points });
  const before = await nova.positionOf('DEPOT');
  const { seen, stop } = follow(member.token, 'APT');
  await until(() => seen.length === 1);
  // when DEPOT holds 2,000, captures 1,500 and refunds them
  const held = redemptionOf(await nova.hold('DEPOT', member, 'APT', 2000));
  expect(held.status).toBe('HELD');
  expect(redemptionOf(await nova.capture('DEPOT', held.id, { points: 1500 }))).toMatchObject({ status: 'CAPTURED', releasedPoints: 500 });
  // then DEPOT has 15.00 less 0.45 for handling
  expect(BigInt((await nova.positionOf('DEPOT')).netPosition.minor) - BigInt(before.netPosition.minor)).toBe(1455n);
  await nova.refund('DEPOT', held.id, { points: 1500 });
  await until(() => seen.length === 4);
  expect(seen).toMatchObject([
    { version: '7', available: 5000, held: 0, resync: true, change: null },
    { version: '8', available: 3000, held: 2000, resync: false, change: { type: 'HELD' } },
    { version: '9', available: 3500, held: 0, change: { type: 'CAPTURED' } },
    { version: '10', available: 5000, held: 0, change: { type: 'REFUNDED' } },
  ]);
  // and both were charged and given back
  expect(await nova.positionOf('DEPOT')).toEqual(before);
  stop();
});

test('[O05] what is posted is seen at once: a hundred changes at the same moment reach the member in order, none missing, none twice', async () => {
  const member: Member = await nova.enrol();
  await nova.earn('CAFE', member, { points: 10_000 });
  const { seen, stop } = follow(member.token, 'CPT');
  await until(() => seen.length === 1);
  const started = Date.now();
  await Promise.all(
    Array.from({ length: 50 }, async (_, at) => {
      if (at % 2 === 0) return nova.earn('CAFE', member, { points: at + 1 });
      const { id } = redemptionOf(await nova.hold('DEPOT', member, 'CPT', at));
      return at % 4 === 1 ? nova.capture('DEPOT', id) : nova.release('DEPOT', id);
    }),
  );
  await until(() => seen.length === 1 + 25 + 50, 2_000 + Date.now() - started);
  expect(seen.map(({ version }) => Number(version))).toEqual(Array.from({ length: 76 }, (_, at) => at + 1));
  const balance = await nova.balanceOf(member, 'CPT');
  expect(seen.at(-1)).toMatchObject({ available: balance.available, held: 0, pending: 0, version: balance.version });
  stop();
});

test('after all of it the ledger is intact and the pools cover their points', async () => {
  expect(await nova.faults()).toEqual([]);
});
