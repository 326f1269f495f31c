import { type Client, createClient } from 'graphql-ws';
import { Client as Postgres } from 'pg';
import WebSocket from 'ws';
import { type CoalitionAtWork, startCoalition } from './coalition-at-work.ts';

let nova: CoalitionAtWork;
const clients: Client[] = [];
beforeAll(async () => {
  nova = await startCoalition();
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.dispose()));
  await nova.app.stop();
});

interface Change {
  currency: { code: string };
  version: string;
  available: number;
  held: number;
  pending: number;
  resync: boolean;
  change: { type: string; points: number; partner: { code: string } | null; lotExpiresAt: string | null } | null;
}

const SUBSCRIPTION = `subscription ($memberId: ID, $after: [BalanceCursorInput!]) { balanceChanged(memberId: $memberId, after: $after) {
  currency { code } version available held pending resync change { type points partner { code } at lotExpiresAt } } }`;

/** Follows balances over a real socket; `seen` grows as messages come. */
function follow(token: string, variables: Record<string, unknown> = {}) {
  const client = createClient({
    url: nova.app.wsUrl,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
  clients.push(client);
  const seen: Change[] = [];
  const errors: unknown[] = [];
  const stop = client.subscribe<{ balanceChanged: Change }>(
    { query: SUBSCRIPTION, variables },
    {
      next: ({ data, errors: refused }) => (data ? seen.push(data.balanceChanged) : errors.push(...(refused ?? []))),
      error: (error) => errors.push(error),
      complete: () => undefined,
    },
  );
  return { seen, errors, stop };
}

async function until(holds: () => boolean, patience = 5_000): Promise<void> {
  for (const deadline = Date.now() + patience; !holds(); ) {
    if (Date.now() > deadline) throw new Error('this did not come true in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const of = (code: string, changes: readonly Change[]) => changes.filter((change) => change.currency.code === code);
const versions = (changes: readonly Change[]) => changes.map((change) => Number(change.version));

test('a subscriber first gets one snapshot per point currency, also of those never used', async () => {
  const { id, token } = await nova.enrol();
  await nova.earn(id, 1000);
  const { seen, stop } = follow(token);
  await until(() => seen.length === 2);
  expect(seen).toEqual([
    { currency: { code: 'APT' }, version: '1', available: 1000, held: 0, pending: 0, resync: true, change: null },
    { currency: { code: 'ZPT' }, version: '0', available: 0, held: 0, pending: 0, resync: true, change: null },
  ]);
  stop();
});

test('[E19] the response to an accrual carries the new balance, and the subscription delivers the same version within two seconds', async () => {
  const { id, token } = await nova.enrol();
  const { seen, stop } = follow(token);
  await until(() => seen.length === 2);
  const { balance } = await nova.earn(id, 1000);
  expect(balance).toEqual({ available: 1000, version: '1' });
  const answered = Date.now();
  await until(() => seen.length === 3, 2_000);
  expect(Date.now() - answered).toBeLessThan(2_000);
  expect(seen[2]).toMatchObject({
    version: '1',
    available: 1000,
    resync: false,
    change: { type: 'CONFIRMED', points: 1000, partner: { code: 'AERO' }, lotExpiresAt: '2026-02-05T04:00:00.000Z' },
  });
  stop();
});

test('every change comes in the order of versions, whatever it is', async () => {
  const { id } = await nova.enrol();
  const { seen, stop } = follow(nova.operator, { memberId: id });
  await until(() => seen.length === 2);
  await nova.earn(id, 5000);
  await nova.earn(id, 100, 'MANUAL');
  const redemption = await nova.hold(id, 2000);
  await nova.capture(redemption, 1500);
  await until(() => seen.length === 6);
  expect(
    seen.slice(2).map(({ version, available, held, pending, change }) => [version, available, held, pending, change?.type, change?.points]),
  ).toEqual([
    ['1', 5000, 0, 0, 'CONFIRMED', 5000],
    ['2', 5000, 0, 100, 'PENDING', 0],
    ['3', 3000, 2000, 100, 'HELD', -2000],
    ['4', 3500, 0, 100, 'CAPTURED', 500],
  ]);
  stop();
});

test('a partner follows the balances of a member, and learns what happened at its own only', async () => {
  const { id } = await nova.enrol();
  await nova.earn(id, 5000);
  const { seen, stop } = follow(nova.depot, { memberId: id, after: [{ currency: 'APT', version: 0 }] });
  await until(() => seen.length === 2);
  await nova.earn(id, 100);
  await nova.hold(id, 2000);
  await until(() => seen.length === 4);
  expect(of('APT', seen).map(({ version, available, held, change }) => [version, available, held, change])).toEqual([
    ['1', 5000, 0, null],
    ['2', 5100, 0, null],
    ['3', 3100, 2000, expect.objectContaining({ type: 'HELD', points: -2000, partner: { code: 'DEPOT' } })],
  ]);
  stop();
});

test('with a cursor the missed changes are replayed instead of a snapshot', async () => {
  const { id, token } = await nova.enrol();
  for (const points of [1, 2, 3]) await nova.earn(id, points);
  const { seen, stop } = follow(token, { after: [{ currency: 'APT', version: '1' }] });
  await until(() => seen.length === 3);
  expect(seen.map(({ currency, version, resync }) => [currency.code, version, resync])).toEqual([
    ['APT', '2', false],
    ['APT', '3', false],
    ['ZPT', '0', true],
  ]);
  await nova.earn(id, 4);
  await until(() => seen.length === 4);
  expect(seen[3]).toMatchObject({ version: '4', available: 10 });
  stop();
  const ahead = follow(token, { after: [{ currency: 'APT', version: '99' }] });
  await until(() => ahead.seen.length === 2);
  expect(ahead.seen[0]).toMatchObject({ version: '4', resync: true });
  ahead.stop();
});

test('under concurrent changes many subscribers, also late ones, get versions without gap or repeat', async () => {
  const { id, token } = await nova.enrol();
  const early = [follow(token), follow(token)];
  await until(() => early.every(({ seen }) => seen.length === 2));
  const work = Array.from({ length: 8 }, async () => {
    for (let at = 0; at < 10; at += 1) await nova.earn(id, 1);
  });
  const late = follow(token);
  const resumed = follow(token, { after: [{ currency: 'APT', version: 0 }] });
  await Promise.all(work);
  const all = [...early, late, resumed];
  await until(() => all.every(({ seen }) => versions(of('APT', seen)).at(-1) === 80));
  for (const { seen } of all) {
    const got = versions(of('APT', seen));
    const [first = 0] = got;
    expect(got).toEqual(Array.from({ length: 80 - first + 1 }, (_, at) => first + at));
  }
  expect(versions(of('APT', resumed.seen))[0]).toBe(1);
  for (const { stop } of all) stop();
});

test('nothing of a transaction that is not committed, or rolled back, is ever told, and others do not wait for it', async () => {
  const { id, token } = await nova.enrol();
  const other = await nova.enrol();
  await nova.earn(id, 1);
  const { seen, stop } = follow(token);
  const { seen: others, stop: stopOther } = follow(other.token);
  await until(() => seen.length === 2 && others.length === 2);
  const rival = new Postgres({ connectionString: nova.app.url });
  await rival.connect();
  const touch = `
    with w as (select a.id, a.version, a.available from ledger.accounts a where a.kind = 'WALLET' and a.owner = '${id.slice(4)}'::uuid),
      p as (insert into ledger.postings (id, code, cycle, occurred_at, recorded_at, reference)
        select nextval('ledger.posting_ids'), 'lot.expired', 1, now(), now(), gen_random_uuid() returning id),
      e as (insert into ledger.entries (account_id, version, posting_id, available, available_after, aside)
        select w.id, w.version + 1, p.id, -1, w.available - 1, row (1, 1, null, null)::ledger.aside from w, p)
    update ledger.accounts a set version = a.version + 1, available = a.available - 1, held = 1 from w where a.id = w.id`;
  await rival.query('begin');
  await rival.query(touch);
  await nova.earn(other.id, 7);
  await until(() => others.length === 3);
  expect(seen).toHaveLength(2);
  await rival.query('rollback');
  await rival.query('begin');
  await rival.query(touch);
  await nova.earn(other.id, 8);
  await until(() => others.length === 4);
  expect(seen).toHaveLength(2);
  await rival.query('commit');
  await rival.end();
  await until(() => seen.length === 3);
  expect(seen[2]).toMatchObject({ version: '2', available: 0, held: 1, change: { type: 'EXPIRED', points: -1, partner: null } });
  stop();
  stopOther();
});

test('a subscription outlives the loss of all database connections', async () => {
  const { id, token } = await nova.enrol();
  const { seen, stop } = follow(token);
  await until(() => seen.length === 2);
  const admin = new Postgres({ connectionString: nova.app.url });
  await admin.connect();
  await admin.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  await admin.end();
  for (let tries = 0; tries < 20; tries += 1) {
    try {
      await nova.earn(id, 5);
      break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  await until(() => seen.length === 3);
  expect(seen[2]).toMatchObject({ version: '1', available: 5 });
  stop();
});

test('members follow themselves only; partners and operators say whom', async () => {
  const { id, token } = await nova.enrol();
  const other = await nova.enrol();
  const refusal = async (viewer: string, variables: Record<string, unknown>) => {
    const { errors } = follow(viewer, variables);
    await until(() => errors.length > 0);
    return errors.flat();
  };
  expect(await refusal(token, { memberId: other.id })).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  expect(await refusal(nova.aero, {})).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(await refusal(nova.operator, { memberId: 'mem_0' })).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  expect(await refusal(token, { after: [{ currency: 'NONE', version: 1 }] })).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  const { seen, stop } = follow(token, { memberId: id });
  await until(() => seen.length === 2);
  stop();
});
