import fc from 'fast-check';
import { Client } from 'pg';
import { newId } from '../../src/kernel/ids.ts';
import { partnerMoney } from '../../src/ledger/account.ts';
import { nextPostings } from '../../src/ledger/new-postings.ts';
import { post } from '../../src/ledger/post.ts';
import { redemptionHeld } from '../../src/ledger/postings/redemption.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { transact } from '../../src/platform/database.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';
import * as book from './book.ts';

const CLIENTS = 12;

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase({ poolSize: CLIENTS });
});
afterEach(async () => {
  expect((await verifyLedger(database.db)).checks.filter(({ found }) => found > 0)).toEqual([]);
});
afterAll(() => database.stop());

const pause = () => new Promise((resolve) => setTimeout(resolve, 60));

const times = <T>(count: number, act: (at: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, at) => act(at)));

test('of many concurrent burns that are together more than the balance, exactly those that fit succeed', async () => {
  const member = newId();
  await book.postAll(database.db, [book.confirmed(book.earning({ member, partner: newId(), points: 1_000n }))]);
  const results = await times(40, () => book.hold(database.db, { member, partner: newId(), points: 70n }));
  expect(results.filter((r) => 'answer' in r)).toHaveLength(14);
  expect(results.filter((r) => 'refusal' in r && r.refusal === 'INSUFFICIENT_POINTS')).toHaveLength(26);
  expect(await book.balanceOf(database.db, member)).toEqual({ available: 20n, held: 980n, pending: 0n, version: 15n });
});

test('of many concurrent accruals that are together more than the credit limit, exactly those that fit succeed', async () => {
  const partner = newId();
  const floors = [{ account: partnerMoney(partner), floor: -100n, name: 'CREDIT_LIMIT' }];
  const posted = await times(30, () =>
    book.postAll(database.db, [
      book.confirmed(book.earning({ member: newId(), partner, points: 30n, redemption: 1n, service: 0n, floors })),
    ]),
  );
  expect(posted.flat().filter((p) => p.refusal === undefined)).toHaveLength(3);
});

test('capturing, voiding and timing out the same hold at once: one of them succeeds', async () => {
  for (let round = 0; round < 5; round += 1) {
    const member = newId();
    await book.postAll(database.db, [book.confirmed(book.earning({ member, partner: newId(), points: 100n }))]);
    const result = await book.hold(database.db, { member, partner: newId(), points: 60n });
    if ('refusal' in result) throw new Error(result.refusal);
    const outcomes = await Promise.all([
      book.capture(database.db, result.answer, 60n),
      book.release(database.db, result.answer, 'redemption.voided'),
      book.capture(database.db, result.answer, 40n),
      book.release(database.db, result.answer, 'redemption.hold_expired'),
    ]);
    expect(outcomes.filter((refusal) => refusal === undefined)).toHaveLength(1);
    expect(outcomes.filter((refusal) => refusal === 'held_points_never_negative')).toHaveLength(3);
  }
});

test('a decision is made on the balance it is applied to: of a burn, a reversal and an expiry of the same points one succeeds, and a void restores the balance exactly', async () => {
  const member = newId();
  const at = new Date(Date.UTC(2026, 0, 1));
  const earned = book.earning({ member, partner: newId(), points: 100n, at, expiresAt: new Date(Date.UTC(2026, 5, 1)) });
  await book.postAll(database.db, [book.confirmed(earned)]);
  const first = await book.hold(database.db, { member, partner: newId(), points: 30n, at });
  const [second, reversal, expiry] = await Promise.all([
    book.hold(database.db, { member, partner: newId(), points: 70n, at }),
    book.reverse(database.db, earned, 70n, at),
    book.expire(database.db, { member, at: new Date(Date.UTC(2026, 5, 2)) }),
  ]);
  expect(['answer' in second, reversal === undefined, expiry === 70n].filter(Boolean)).toHaveLength(1);
  if ('answer' in first) expect(await book.release(database.db, first.answer, 'redemption.voided')).toBeUndefined();
  if ('answer' in second) expect(await book.release(database.db, second.answer, 'redemption.voided')).toBeUndefined();
  expect(await book.balanceOf(database.db, member)).toMatchObject({ available: 'answer' in second ? 100n : 30n, held: 0n });
});

test('batches over the same wallets and partners in any order do not deadlock', async () => {
  const members = Array.from({ length: 12 }, newId);
  const partners = Array.from({ length: 4 }, newId);
  const owner = new Client({ connectionString: database.url });
  await owner.connect();
  const deadlocks = async () =>
    Number(
      (await owner.query('select pg_stat_force_next_flush(), deadlocks from pg_stat_database where datname = current_database()')).rows[0]
        .deadlocks,
    );
  // Opening accounts for the first time is the one place where two transactions may meet crosswise; from then on none may.
  await book.postAll(
    database.db,
    members.flatMap((member) => partners.map((partner) => book.confirmed(book.earning({ member, partner, points: 1_000n })))),
  );
  const before = await deadlocks();
  const orders = fc.sample(
    fc.shuffledSubarray(
      members.flatMap((member) => partners.map((partner) => ({ member, partner }))),
      { minLength: 20 },
    ),
    CLIENTS * 6,
  );
  await times(CLIENTS, async (at) => {
    for (const order of orders.slice(at * 6, at * 6 + 6)) {
      const results = await book.postAll(
        database.db,
        order.map((who) => book.confirmed(book.earning({ ...who, points: 1n }))),
      );
      expect(results.every((r) => r.refusal === undefined)).toBe(true);
      const [from, to] = [order[0]?.member ?? '', order[1]?.member ?? ''];
      if (from !== to) expect(await book.transfer(database.db, { from, to, points: 3n })).toBeUndefined();
    }
  });
  expect((await deadlocks()) - before).toBe(0);
  await owner.end();
});

test('after clients at once have earned, promised, burned, refunded, exchanged and transferred on few wallets, the book explains every point', async () => {
  const members = Array.from({ length: 3 }, newId);
  const partners = Array.from({ length: 2 }, newId);
  const actions = fc.array(fc.tuple(fc.nat({ max: 7 }), fc.nat({ max: 2 }), fc.nat({ max: 1 }), fc.bigInt({ min: 1n, max: 400n })), {
    minLength: 25,
    maxLength: 25,
  });
  const flows = members.map(() => ({ one: 0n, two: 0n }));
  const add = (at: number, one: bigint, two = 0n): void => {
    const flow = flows[at];
    if (flow === undefined) return;
    flow.one += one;
    flow.two += two;
  };

  await times(CLIENTS, async (seed) => {
    const [mine = []] = fc.sample(actions, { numRuns: 1, seed: Date.now() + seed });
    for (const [action, who, with_, points] of mine) {
      const [member, partner] = [members[who] ?? '', partners[with_] ?? ''];
      const { db } = database;
      if (action <= 1) {
        await book.postAll(db, [book.confirmed(book.earning({ member, partner, points }))]);
        add(who, points);
      } else if (action === 2) {
        const promise = book.earning({ member, partner, points });
        await book.postAll(db, [book.pending(promise)]);
        if (points % 3n === 0n) expect(await book.cancelPending(db, promise)).toBeUndefined();
        else {
          expect(await book.confirmPending(db, promise)).toBeUndefined();
          add(who, points);
        }
      } else if (action <= 4) {
        const result = await book.hold(db, { member, partner, points });
        if ('refusal' in result) continue;
        const captured = points % 4n === 0n ? 0n : points - points / 3n;
        if (captured === 0n) expect(await book.release(db, result.answer, 'redemption.voided')).toBeUndefined();
        else {
          expect(await book.capture(db, result.answer, captured)).toBeUndefined();
          if (points % 5n === 0n)
            expect(await book.refund(db, { ...result.answer, allocations: book.firstPoints(result.answer, captured) })).toBeUndefined();
          else add(who, -captured);
        }
      } else if (action === 5) {
        const earned = book.earning({ member, partner, points });
        await book.postAll(db, [book.confirmed(earned)]);
        const refusal = await book.reverse(db, earned, points);
        if (refusal !== undefined) {
          expect(refusal).toBe('INSUFFICIENT_POINTS');
          add(who, points);
        }
      } else if (action === 6) {
        const { lot } = book.earning({ member, partner, points: points * 2n, unit: 2, redemption: 5_000n });
        if ((await book.exchange(db, { member, from: 1, to: 2, points, credited: { ...lot, origin: 'EXCHANGE' } })) === undefined)
          add(who, -points, points * 2n);
      } else {
        const to = (who + 1) % members.length;
        if ((await book.transfer(db, { from: member, to: members[to] ?? '', points })) === undefined) {
          add(who, -points);
          add(to, points);
        }
      }
    }
  });

  for (const [at, member] of members.entries()) {
    expect(await book.balanceOf(database.db, member)).toMatchObject({ available: flows[at]?.one, held: 0n, pending: 0n });
    expect((await book.balanceOf(database.db, member, 2)).available).toBe(flows[at]?.two);
  }
}, 60_000);

test('closing a cycle waits for what is being posted, and never in a circle with it', async () => {
  const [member, partner] = [newId(), newId()];
  const one = () => book.confirmed(book.earning({ member, partner, points: 1n }));
  await book.postAll(database.db, [one()]);
  const closer = new Client({ connectionString: database.url });
  await closer.connect();
  await closer.query('begin');
  let attempts = 0;
  const later: Promise<unknown>[] = [];
  await transact(database.db, async (tx) => {
    attempts += 1;
    await book.lockWallet(tx, member, 1);
    later.push(book.postAll(database.db, [one()]));
    await pause();
    later.push(closer.query("select pg_advisory_xact_lock(hashtext('ledger.cycle'))"));
    await pause();
    await post(tx, [one()]);
  });
  await Promise.all(later);
  // then the closing has waited for both, and nobody was thrown out of a circle to start over
  const { rows } = await closer.query(
    'select count(*)::integer as postings from ledger.entries e join ledger.accounts a on a.id = e.account_id where a.owner = $1',
    [member],
  );
  expect(rows).toEqual([{ postings: 3 }]);
  expect(attempts).toBe(1);
  await closer.query('commit');
  await closer.end();
});

test('a posting whose transaction began later, drew its id earlier and committed last is told once, like any other', async () => {
  // Holds touch a wallet alone: neither waits for an account of the other.
  const holdings = await times(2, async () => {
    const [member, partner] = [newId(), newId()];
    const earning = book.earning({ member, partner, points: 5n });
    await book.postAll(database.db, [book.confirmed(earning)]);
    return redemptionHeld({ ...earning.facts, reference: newId() }, [{ lotId: earning.lot.id, points: 5n }]);
  });
  const step = () => Promise.withResolvers<void>();
  const [hasNumber, isPosted, mayCommit] = [step(), step(), step()];
  const told: bigint[] = [];
  let place = (await nextPostings(database.db, undefined)).place;
  const look = async () => {
    const next = await nextPostings(database.db, place);
    place = next.place;
    told.push(...next.postingIds);
  };
  const numbered = 'select pg_current_xact_id()';

  const ids = Promise.all([
    transact(database.db, async (tx) => {
      await tx.rows(numbered);
      hasNumber.resolve();
      await isPosted.promise;
      return post(tx, holdings.slice(0, 1));
    }),
    transact(database.db, async (tx) => {
      await hasNumber.promise;
      await tx.rows(numbered);
      const posted = await post(tx, holdings.slice(1));
      isPosted.resolve();
      await mayCommit.promise;
      return posted;
    }),
  ]);
  await isPosted.promise;
  while (told.length === 0) await look();
  for (let looks = 0; looks < 3; looks += 1) await look();
  mayCommit.resolve();
  const [[first], [second]] = await ids;
  await look();
  await look();
  const [firstId, secondId] = [first, second].map((posted) => (posted?.refusal === undefined ? posted?.postingId : undefined));
  expect(Number(secondId)).toBeLessThan(Number(firstId));
  expect(told).toEqual([firstId, secondId]);
});
