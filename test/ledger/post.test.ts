import { newId } from '../../src/kernel/ids.ts';
import { accountKey, issuance, operatorMoney, partnerMoney, pool, redeemed, wallet } from '../../src/ledger/account.ts';
import { post } from '../../src/ledger/post.ts';
import type { Account, Posting } from '../../src/ledger/posting.ts';
import { redemptionCaptured, redemptionHeld } from '../../src/ledger/postings/redemption.ts';
import { balanceAfter } from '../../src/ledger/wallets.ts';
import { statementCounter, transact } from '../../src/platform/database.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';
import * as book from './book.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

const limit = (partner: string, floor: bigint) => [{ account: partnerMoney(partner), floor, name: 'CREDIT_LIMIT' }];

/** What an account has, as T-accounts are read. */
async function standing(account: Account): Promise<[available: bigint, pending: bigint, version: bigint]> {
  const [row] = await database.db.rows<{ available: bigint; pending: bigint; version: bigint }>(
    `select available, pending, version from ledger.accounts
     where kind = $1::ledger.account_kind and owner is not distinct from $2::uuid and unit = $3 and topic is not distinct from $4::smallint`,
    [account.kind, account.owner ?? null, account.unit, account.topic ?? null],
  );
  return row === undefined ? [0n, 0n, 0n] : [row.available, row.pending, row.version];
}

/** A burn straight from an account, with the lot it uses. */
const burn = (member: string, partner: string, lotId: string, points: bigint): Posting => ({
  ...redemptionCaptured({ reference: newId(), memberId: member, partnerId: partner, currencyNo: 1, occurredAt: new Date() }, [], []),
  entries: [
    { account: wallet(member, 1), available: -points },
    { account: redeemed(partner, 1), available: points },
  ],
  uses: [{ lotId, available: -points, held: 0n }],
});

test('an accrual of 100 points: the member has them, the partner owes 12,000 micros a point, the pool and the operator have their parts', async () => {
  const [member, partner] = [newId(), newId()];
  const [[operatorBefore], [poolBefore]] = [await standing(operatorMoney), await standing(pool(1))];

  await book.postAll(database.db, [book.confirmed(book.earning({ member, partner, points: 100n }))]);

  expect(await standing(wallet(member, 1))).toEqual([100n, 0n, 1n]);
  expect(await standing(issuance(partner, 1))).toEqual([-100n, 0n, 1n]);
  expect(await standing(partnerMoney(partner))).toEqual([-1_200_000n, 0n, 1n]);
  expect((await standing(pool(1)))[0] - poolBefore).toBe(1_000_000n);
  expect((await standing(operatorMoney))[0] - operatorBefore).toBe(200_000n);
});

test('nothing to post is no statement, and any number of postings on locked wallets is one round trip', async () => {
  const [member, partner] = [newId(), newId()];
  // The first opens the accounts, the second learns their ids.
  for (let i = 0; i < 2; i += 1) await book.postAll(database.db, [book.confirmed(book.earning({ member, partner, points: 1n }))]);
  await transact(database.db, async (tx) => {
    const before = statementCounter.count;
    expect(await post(tx, [])).toEqual([]);
    expect(statementCounter.count).toBe(before);
    const locked = await book.lockWallet(tx, member, 1);
    const afterLock = statementCounter.count;
    await post(
      tx,
      Array.from({ length: 50 }, () => book.confirmed(book.earning({ member, partner, points: 1n }))),
      [locked],
    );
    expect(statementCounter.count).toBe(afterLock + 1);
  });
  expect((await book.balanceOf(database.db, member)).available).toBe(52n);
});

test('each posting of a batch is judged after those before it: a burn too early is refused, the earning and the burn after it are not', async () => {
  const [member, partner] = [newId(), newId()];
  const earned = book.earning({ member, partner, points: 100n });
  const posted = await book.postAll(database.db, [
    burn(member, partner, earned.lot.id, 50n),
    book.confirmed(earned),
    burn(member, partner, earned.lot.id, 50n),
  ]);

  expect(posted.map((p) => p.refusal)).toEqual(['wallet_never_negative', undefined, undefined]);
  expect(await book.balanceOf(database.db, member)).toEqual({ available: 50n, held: 0n, pending: 0n, version: 2n });
  expect(await database.db.rows('select available from ledger.lots where id = $1', [earned.lot.id])).toEqual([{ available: 50n }]);
});

test('inside one batch a credit limit of 100 lets exactly one of ten accruals of 60 pass', async () => {
  const partner = newId();
  const ten = Array.from({ length: 10 }, () =>
    book.earning({ member: newId(), partner, points: 60n, redemption: 1n, service: 0n, floors: limit(partner, -100n) }),
  );
  const posted = await book.postAll(database.db, ten.map(book.confirmed));

  expect(posted.map((p) => p.refusal)).toEqual([undefined, ...Array.from({ length: 9 }, () => 'CREDIT_LIMIT')]);
  expect(await standing(partnerMoney(partner))).toEqual([-60n, 0n, 1n]);
});

test('a smaller posting passes after a larger one was refused, promises count in the limit, and equal passes', async () => {
  const partner = newId();
  const of = (points: bigint) =>
    book.earning({ member: newId(), partner, points, redemption: 1n, service: 0n, floors: limit(partner, -100n) });
  const posted = await book.postAll(database.db, [
    book.pending(of(60n)),
    book.confirmed(of(60n)),
    book.confirmed(of(40n)),
    book.confirmed(of(1n)),
  ]);

  expect(posted.map((p) => p.refusal)).toEqual([undefined, 'CREDIT_LIMIT', undefined, 'CREDIT_LIMIT']);
  expect(await standing(partnerMoney(partner))).toEqual([-40n, -60n, 2n]);
});

test('promises count in the limit from batch to batch, and a refused promise leaves its room to the next', async () => {
  const partner = newId();
  const promise = (points: bigint) =>
    book.pending(book.earning({ member: newId(), partner, points, redemption: 1n, service: 0n, floors: limit(partner, -100n) }));
  expect((await book.postAll(database.db, [promise(60n), promise(60n), promise(30n)])).map((p) => p.refusal)).toEqual([
    undefined,
    'CREDIT_LIMIT',
    undefined,
  ]);
  expect((await book.postAll(database.db, [promise(11n)])).map((p) => p.refusal)).toEqual(['CREDIT_LIMIT']);
  expect((await book.postAll(database.db, [promise(10n)])).map((p) => p.refusal)).toEqual([undefined]);
  expect(await standing(partnerMoney(partner))).toEqual([0n, -100n, 3n]);
});

test('a partner beyond its limit may still do what costs it nothing', async () => {
  const partner = newId();
  const free = book.earning({ member: newId(), partner, points: 5n, redemption: 0n, service: 0n, floors: limit(partner, 1n) });
  const dear = book.earning({ member: newId(), partner, points: 5n, floors: limit(partner, 1n) });
  expect((await book.postAll(database.db, [book.confirmed(free), book.confirmed(dear)])).map((p) => p.refusal)).toEqual([
    undefined,
    'CREDIT_LIMIT',
  ]);
});

test('uses of lots stay with their posting when one before it was refused', async () => {
  const [member, other, partner] = [newId(), newId(), newId()];
  const mine = book.earning({ member, partner, points: 10n });
  const theirs = book.earning({ member: other, partner, points: 10n });
  await book.postAll(database.db, [book.confirmed(mine), book.confirmed(theirs)]);
  const posted = await book.postAll(database.db, [
    burn(member, partner, mine.lot.id, 11n),
    burn(other, partner, theirs.lot.id, 4n),
    burn(member, partner, mine.lot.id, 3n),
  ]);
  expect(posted.map((p) => p.refusal)).toEqual(['wallet_never_negative', undefined, undefined]);
  expect(
    await database.db.rows('select available from ledger.lots where id = any($1::uuid[]) order by available', [
      [mine.lot.id, theirs.lot.id],
    ]),
  ).toEqual([{ available: 6n }, { available: 7n }]);
});

test('promises and held points that are not there are refused by the name of the constraint', async () => {
  const [member, partner] = [newId(), newId()];
  const earned = book.earning({ member, partner, points: 10n });
  expect(await book.cancelPending(database.db, earned)).toBe('pending_points_never_negative');
  expect(await book.confirmPending(database.db, earned)).toBe('pending_points_never_negative');
  await book.postAll(database.db, [book.confirmed(earned)]);
  const hold = {
    facts: { reference: newId(), memberId: member, partnerId: partner, currencyNo: 1, occurredAt: new Date() },
    allocations: [],
  };
  const [posted] = await book.postAll(database.db, [
    {
      ...redemptionHeld(hold.facts, []),
      entries: [{ account: wallet(member, 1), available: 5n, held: -5n }],
      uses: [{ lotId: earned.lot.id, available: 5n, held: -5n }],
    },
  ]);
  expect(posted?.refusal).toBe('held_points_never_negative');
});

test('what is refused leaves every balance and every row as it was, and takes no number', async () => {
  const [member, partner] = [newId(), newId()];
  const [first] = await book.postAll(database.db, [book.confirmed(book.earning({ member, partner, points: 10n }))]);
  const before = await book.fingerprint(database.db);
  const refused = await book.postAll(database.db, [
    burn(member, partner, newId(), 11n),
    book.confirmed(book.earning({ member, partner, points: 1n, floors: limit(partner, 0n) })),
  ]);
  expect(refused.map((p) => p.refusal)).toEqual(['wallet_never_negative', 'CREDIT_LIMIT']);
  expect(await book.fingerprint(database.db)).toBe(before);
  const [next] = await book.postAll(database.db, [book.confirmed(book.earning({ member, partner, points: 1n }))]);
  expect(
    next?.refusal === undefined &&
      first?.refusal === undefined &&
      next !== undefined &&
      first !== undefined &&
      next.postingId - first.postingId,
  ).toBe(1n);
});

test('a fault throws and posts nothing of its batch', async () => {
  const [member, partner] = [newId(), newId()];
  const before = await book.fingerprint(database.db);
  const good = book.confirmed(book.earning({ member, partner, points: 10n }));
  const unbalanced: Posting = { ...good, entries: good.entries.slice(1), opens: [] };
  await expect(book.postAll(database.db, [good, unbalanced])).rejects.toThrow('do not sum to zero');
  const withoutLot: Posting = { ...good, opens: [] };
  await expect(book.postAll(database.db, [withoutLot])).rejects.toThrow('the change of a wallet is not the change of its lots');
  expect(await book.fingerprint(database.db)).toBe(before);
});

test('entries of one account in one posting are one entry, and an account that does not change has none', async () => {
  const [member, partner] = [newId(), newId()];
  const earned = book.earning({ member, partner, points: 10n });
  await book.postAll(database.db, [book.pending(earned)]);
  await book.confirmPending(database.db, earned);
  const rows = await database.db.rows(
    `select e.version, e.available, e.available_after, (e.aside).pending, (e.aside).pending_after from ledger.entries e
     join ledger.accounts a on a.id = e.account_id and a.owner = $1 order by e.version`,
    [member],
  );
  expect(rows).toEqual([
    { version: 1n, available: 0n, available_after: 0n, pending: 10n, pending_after: 10n },
    { version: 2n, available: 10n, available_after: 10n, pending: -10n, pending_after: null },
  ]);
});

test('the balance that a use case answers is the balance that the ledger has', async () => {
  const [member, partner] = [newId(), newId()];
  const posting = book.confirmed(book.earning({ member, partner, points: 7n }));
  const answered = await transact(database.db, async (tx) => {
    const locked = await book.lockWallet(tx, member, 1);
    await post(tx, [posting], [locked]);
    return balanceAfter(locked, locked.account, posting);
  });
  expect(answered).toEqual(await book.balanceOf(database.db, member));
});

test('accounts that a rolled-back transaction opened are not remembered', async () => {
  const [member, partner] = [newId(), newId()];
  const posting = book.confirmed(book.earning({ member, partner, points: 7n }));
  await expect(
    transact(database.db, async (tx) => {
      await post(tx, [posting]);
      throw new Error('changed my mind');
    }),
  ).rejects.toThrow('changed my mind');
  expect((await book.postAll(database.db, [posting]))[0]?.refusal).toBeUndefined();
  expect(accountKey(partnerMoney(partner))).toContain(partner);
  expect(await standing(partnerMoney(partner))).toEqual([-84_000n, 0n, 1n]);
});

test('a posting belongs to the cycle that is open when it is recorded', async () => {
  const reference = newId();
  await book.postAll(database.db, [book.confirmed(book.earning({ member: newId(), partner: newId(), points: 7n, reference }))]);
  expect(
    await database.db.rows(
      "select p.cycle = c.no as right from ledger.postings p, ledger.cycles c where p.reference = $1 and c.status = 'OPEN'",
      [reference],
    ),
  ).toEqual([{ right: true }]);
});

test('nothing in the posting path notifies: a listener would make all commits wait for each other', async () => {
  const sources = await database.db.rows<{ name: string; source: string }>(
    "select p.proname as name, p.prosrc as source from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('ledger', 'platform')",
  );
  expect(sources.map(({ name }) => name)).toContain('post');
  expect(sources.filter(({ source }) => /notify/i.test(source))).toEqual([]);
});
