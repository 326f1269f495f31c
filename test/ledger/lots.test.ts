import fc from 'fast-check';
import { newId } from '../../src/kernel/ids.ts';
import { wallet } from '../../src/ledger/account.ts';
import { takeFromLots, takeInOrder } from '../../src/ledger/lots.rules.ts';
import { type Lot, readSpendableLots } from '../../src/ledger/lots.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';
import * as book from './book.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

const day = (n: number): Date => new Date(Date.UTC(2026, 0, n));
const now = day(10);

async function lotsOf(member: string): Promise<{ id: string; available: bigint; held: bigint }[]> {
  return database.db.rows(
    `select l.id, l.available, l.held from ledger.lots l join ledger.accounts a on a.id = l.account_id and a.owner = $1
     order by l.expires_at nulls last, l.earned_at, l.id`,
    [member],
  );
}

async function earn(member: string, points: bigint, earnedOn: number, expiresOn?: number, partner = newId()): Promise<book.Earned> {
  const earned = book.earning({
    member,
    partner,
    points,
    at: day(earnedOn),
    expiresAt: expiresOn === undefined ? undefined : day(expiresOn),
  });
  await book.postAll(database.db, [book.confirmed(earned)]);
  return earned;
}

async function held(member: string, points: bigint, at = now): Promise<book.Hold> {
  const result = await book.hold(database.db, { member, partner: newId(), points, at });
  if ('refusal' in result) throw new Error(result.refusal);
  return result.answer;
}

test('points go earliest expiry first, those that never expire last, then earned first, then by id; expired ones not at all', async () => {
  const member = newId();
  const never = await earn(member, 10n, 1);
  const late = await earn(member, 10n, 2, 30);
  const [one, two] = [await earn(member, 10n, 4, 20), await earn(member, 10n, 4, 20)].map(({ lot }) => lot.id).sort();
  const older = await earn(member, 10n, 3, 20);
  await earn(member, 10n, 1, 10);
  const [{ account_id: accountId } = { account_id: 0n }] = await database.db.rows<{ account_id: bigint }>(
    'select account_id from ledger.lots where id = $1',
    [never.lot.id],
  );

  const lots = await readSpendableLots(database.db, [accountId], now);
  expect(lots.map(({ id }) => id)).toEqual([older.lot.id, one, two, late.lot.id, never.lot.id]);

  const hold = await held(member, 25n);
  expect(hold.allocations.map(({ lot, points }) => [lot.id, points])).toEqual([
    [older.lot.id, 10n],
    [one, 10n],
    [two, 5n],
  ]);
});

test('a hold that is captured in part gives the rest back to the lots it came from', async () => {
  const member = newId();
  await earn(member, 10n, 1, 20);
  await earn(member, 10n, 1, 30);
  const hold = await held(member, 15n);
  expect(await book.balanceOf(database.db, member)).toEqual({ available: 5n, held: 15n, pending: 0n, version: 3n });

  expect(await book.capture(database.db, hold, 12n)).toBeUndefined();
  expect(await book.balanceOf(database.db, member)).toEqual({ available: 8n, held: 0n, pending: 0n, version: 4n });
  expect((await lotsOf(member)).map(({ available, held: h }) => [available, h])).toEqual([
    [0n, 0n],
    [8n, 0n],
  ]);
});

test.each(['redemption.voided', 'redemption.hold_expired'] as const)(
  '%s: every held point is back in its lot, and the hold can never be captured any more',
  async (code) => {
    const member = newId();
    await earn(member, 10n, 1, 20);
    const before = await lotsOf(member);
    const hold = await held(member, 10n);
    expect(await book.release(database.db, hold, code)).toBeUndefined();
    expect(await lotsOf(member)).toEqual(before);

    expect(await book.capture(database.db, hold, 10n)).toBe('held_points_never_negative');
    expect(await book.release(database.db, hold, code)).toBe('held_points_never_negative');
    expect(await lotsOf(member)).toEqual(before);
  },
);

test('a void hold cannot be captured with the points of another hold either: their lots do not have them', async () => {
  const member = newId();
  await earn(member, 10n, 1, 20);
  await earn(member, 10n, 1, 30);
  const gone = await held(member, 10n);
  const other = await held(member, 10n);
  await book.release(database.db, gone, 'redemption.voided');
  const before = await book.fingerprint(database.db);
  await expect(book.capture(database.db, gone, 10n)).rejects.toMatchObject({ constraint: 'lot_remaining_between_zero_and_initial' });
  expect(await book.fingerprint(database.db)).toBe(before);
  expect(await book.capture(database.db, other, 10n)).toBeUndefined();
});

test('a refund restores the lots with their expiry; where that has passed, the points come back in a new lot', async () => {
  const member = newId();
  await earn(member, 10n, 1, 20);
  const lasting = await earn(member, 10n, 1);
  const hold = await held(member, 15n);
  await book.capture(database.db, hold, 15n);
  const at = day(25);
  const fresh = newId();
  const refusal = await book.refund(database.db, hold, {
    at,
    newLot: ({ lot, points }) => ({
      ...lot,
      id: fresh,
      wallet: wallet(member, 1),
      origin: 'REFUND',
      earnedAt: at,
      expiresAt: day(55),
      points,
    }),
  });
  expect(refusal).toBeUndefined();
  expect((await lotsOf(member)).filter((lot) => lot.available > 0n)).toEqual([
    { id: fresh, available: 10n, held: 0n },
    { id: lasting.lot.id, available: 10n, held: 0n },
  ]);
});

test('a refund beyond what the lot started with is refused by the database', async () => {
  const member = newId();
  await earn(member, 10n, 1);
  const hold = await held(member, 10n);
  await book.capture(database.db, hold, 10n);
  await book.refund(database.db, hold);
  await expect(book.refund(database.db, hold)).rejects.toMatchObject({ constraint: 'lot_remaining_between_zero_and_initial' });
});

test('a reversal takes from its own lot first and then in the order of consumption, and the pool keeps what the other lots are backed with', async () => {
  const [member, generous, other] = [newId(), newId(), newId()];
  await earn(member, 4n, 1, 20, other);
  const mine = await earn(member, 10n, 1, 30, generous);
  const unfunded = book.earning({ member, partner: other, points: 5n, at: day(1), expiresAt: day(40), funded: 0n });
  await book.postAll(database.db, [book.confirmed(unfunded)]);
  const hold = await held(member, 8n);
  await book.capture(database.db, hold, 8n);

  expect(await book.reverse(database.db, mine, 10n, now)).toBeUndefined();
  expect((await lotsOf(member)).map(({ available }) => available)).toEqual([0n, 0n, 1n]);
  expect(await book.reverse(database.db, mine, 2n, now)).toBe('INSUFFICIENT_POINTS');
  // The other partner had paid for 4 points, and pays now for the 4 of its own that stand in for spent ones: 10 x 2,000 and 8 x 10,000.
  const [owes] = await database.db.rows<{ available: bigint }>(
    "select available from ledger.accounts where kind = 'PARTNER' and owner = $1",
    [other],
  );
  expect(owes?.available).toBe(-(9n * 2_000n + 4n * 10_000n + 4n * 10_000n));
});

test('what the pool held too much for points of another issuer goes to whom the reversed accrual had charged, and not to who never paid', async () => {
  const promotionId = newId();
  const cheap = { to: 'JOINT' as const, promotionId };
  for (const [charge, payer] of [
    [{ to: 'PARTNER' }, 'PARTNER'],
    [{ to: 'PREPAID' }, 'PARTNER'],
    [cheap, 'JOINT'],
  ] as const) {
    const [member, partner, other] = [newId(), newId(), newId()];
    const terms = { member, points: 10n, at: day(1), service: 0n };
    const mine = book.earning({ ...terms, partner, charge, expiresAt: day(20), redemption: 3_000n });
    if (charge.to === 'PREPAID') await book.postAll(database.db, [book.bought(mine)]);
    await book.postAll(database.db, [book.confirmed(mine), book.confirmed(book.earning({ ...terms, partner: other }))]);
    await book.capture(database.db, await held(member, 10n), 10n);
    const moneyOf = async (owner: string, kind: string) => {
      const rows = await database.db.rows<{ available: bigint }>(
        'select available from ledger.accounts where owner = $1 and kind = $2::ledger.account_kind and unit = 0',
        [owner, kind],
      );
      return rows[0]?.available ?? 0n;
    };
    const owner = payer === 'JOINT' ? promotionId : partner;
    const before = await moneyOf(owner, payer);
    expect(await book.reverse(database.db, mine, 10n, now)).toBeUndefined();
    // 10 x 7,000 too much in the pool; where the payer had been charged itself, 10 x 3,000 come back as well.
    const returned = charge.to === 'PREPAID' ? 0n : 30_000n;
    expect((await moneyOf(owner, payer)) - before).toBe(70_000n + returned);
    expect(await moneyOf(other, 'PARTNER')).toBe(-100_000n);
    expect(await moneyOf(partner, 'PREPAID')).toBe(charge.to === 'PREPAID' ? 30_000n : 0n);
  }
});

test('a transfer keeps issuer and expiry of every lot, and expiry takes what is left when their time has passed', async () => {
  const [giver, taker] = [newId(), newId()];
  const first = await earn(giver, 10n, 1, 20);
  await earn(giver, 10n, 1);
  expect(await book.transfer(database.db, { from: giver, to: taker, points: 15n, at: now })).toBeUndefined();
  const moved = await database.db.rows(
    'select l.issuer, l.expires_at, l.available, l.origin from ledger.lots l join ledger.accounts a on a.id = l.account_id and a.owner = $1 order by l.expires_at nulls last',
    [taker],
  );
  expect(moved).toMatchObject([
    { issuer: first.facts.partnerId, expires_at: day(20), available: 10n, origin: 'TRANSFER' },
    { expires_at: null, available: 5n, origin: 'TRANSFER' },
  ]);
  expect(await book.expire(database.db, { member: taker, at: day(20) })).toBe(10n);
  expect(await book.expire(database.db, { member: taker, at: day(20) })).toBe(0n);
  expect(await book.balanceOf(database.db, taker)).toMatchObject({ available: 5n });
});

const lot = (available: bigint): Lot => ({
  id: newId(),
  accountId: 1n,
  issuer: newId(),
  earnedAt: now,
  expiresAt: undefined,
  available,
  redemptionMicros: 1n,
  fundedMicros: 1n,
});

test('taking from lots takes exactly what is asked, lot after lot, or nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: 0n, max: 50n })), fc.bigInt({ min: 0n, max: 400n }), (amounts, points) => {
      const lots = amounts.map(lot);
      const total = amounts.reduce((sum, amount) => sum + amount, 0n);
      const taken = takeFromLots(lots, points);
      if (points > total) return expect(taken).toBeUndefined();
      expect(taken?.reduce((sum, part) => sum + part.points, 0n)).toBe(points);
      expect(taken?.every((part) => part.points > 0n && part.points <= part.lot.available)).toBe(true);
      // All but the last are taken whole, and none is skipped.
      const whole = taken?.slice(0, -1) ?? [];
      expect(whole.every((part) => part.points === part.lot.available)).toBe(true);
      expect(taken?.map((part) => part.lot.id)).toEqual(
        lots
          .filter((l) => l.available > 0n)
          .slice(0, taken?.length ?? 0)
          .map((l) => l.id),
      );
    }),
  );
});

test('cutting points off a list of parts loses none and keeps their order', () => {
  const part = fc.record({ name: fc.nat(), points: fc.bigInt({ min: 1n, max: 50n }) });
  fc.assert(
    fc.property(fc.array(part), fc.bigInt({ min: 0n, max: 300n }), (parts, points) => {
      const { taken, rest } = takeInOrder(parts, points);
      const sum = (some: readonly { points: bigint }[]) => some.reduce((total, p) => total + p.points, 0n);
      expect(sum(taken)).toBe(points < sum(parts) ? points : sum(parts));
      expect(sum(taken) + sum(rest)).toBe(sum(parts));
      const cut = taken.length + rest.length - parts.length;
      expect([0, 1]).toContain(cut);
      expect([...taken.map((p) => p.name), ...rest.slice(cut).map((p) => p.name)]).toEqual(parts.map((p) => p.name));
    }),
  );
});
