import { Client } from 'pg';
import { newId } from '../../src/kernel/ids.ts';
import { CHECKS } from '../../src/ledger/verify.checks.ts';
import { describeVerification, verifyLedger } from '../../src/ledger/verify.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';
import * as book from './book.ts';

let database: TestDatabase;
let owner: Client;
const member = newId();
const partner = newId();

beforeEach(async () => {
  database = await startTestDatabase({ poolSize: 2 });
  owner = new Client({ connectionString: database.url });
  await owner.connect();
  await book.postAll(
    database.db,
    [10n, 20n, 30n].map((points) => book.confirmed(book.earning({ member, partner, points }))),
  );
  const held = await book.hold(database.db, { member, partner, points: 25n });
  if ('answer' in held) await book.capture(database.db, held.answer, 15n);
});
afterEach(async () => {
  await owner.end();
  await database.stop();
});

test('a ledger that was only written through its one door is intact, and it is said how much of it was looked at', async () => {
  const verification = await verifyLedger(database.db);
  expect(verification).toMatchObject({ intact: true, checked: { accounts: 6, postings: 5, entries: 20, lots: 3, lotUses: 4 } });
  expect(verification.checks).toHaveLength(CHECKS.length);
  const text = describeVerification(verification);
  expect(text).toContain('Checked 6 accounts, 5 postings, 20 entries, 3 lots, 4 uses of lots.');
  expect(text).toContain('The ledger is intact.');
});

test('an empty ledger is intact', async () => {
  const empty = await startTestDatabase({ poolSize: 2 });
  expect(await verifyLedger(empty.db)).toMatchObject({
    intact: true,
    checked: { accounts: 0, postings: 0, entries: 0, lots: 0, lotUses: 0 },
  });
  await empty.stop();
});

const WALLET = "(select id from ledger.accounts where kind = 'WALLET')";

// What an intruder with the rights of a superuser might do; `session_replication_role` turns every trigger off.
const tampered: readonly (readonly [check: string, sql: string])[] = [
  ['postings_balance', `update ledger.entries set available = available + 1 where account_id = ${WALLET} and version = 1`],
  ['balances_follow_from_entries', "update ledger.accounts set available = available + 1 where kind = 'WALLET'"],
  ['balances_follow_from_entries', "update ledger.accounts set version = version + 1 where kind = 'OPERATOR'"],
  ['balances_follow_from_entries', `delete from ledger.entries where account_id = ${WALLET}`],
  ['history_is_continuous', `update ledger.entries set available_after = available_after + 1 where account_id = ${WALLET} and version = 2`],
  ['history_is_continuous', `update ledger.entries set version = 99 where account_id = ${WALLET} and version = 5`],
  ['history_is_continuous', "update ledger.postings set recorded_at = recorded_at - interval '1 day' where id = 3"],
  ['nothing_is_orphaned', 'delete from ledger.postings where id = 2'],
  ['nothing_is_orphaned', 'update ledger.postings set cycle = 0 where id = 2'],
  ['nothing_is_orphaned', "delete from ledger.accounts where kind = 'POOL'"],
  ['wallets_are_their_lots', 'update ledger.lots set available = available - 1 where available > 0'],
  ['wallets_are_their_lots', 'delete from ledger.lots where initial = 30'],
  ['lots_follow_from_uses', 'update ledger.lot_uses set available = available - 1'],
  ['lots_follow_from_uses', 'delete from ledger.lot_uses'],
  ['postings_change_wallets_as_lots', 'delete from ledger.lot_uses'],
  ['pools_cover_their_points', 'update ledger.lots set funded_micros = funded_micros - 1 where available > 0'],
  ['units_sum_to_zero', "update ledger.accounts set available = available + 1 where kind = 'PARTNER'"],
  ['one_cycle_is_open', "update ledger.cycles set status = 'CLOSED', closed_at = now()"],
];

test.each(tampered)('%s finds it when somebody does: %s', async (check, sql) => {
  await owner.query('set session_replication_role = replica');
  await owner.query(sql);
  const verification = await verifyLedger(database.db);
  expect(verification.intact).toBe(false);
  const result = verification.checks.find(({ name }) => name === check);
  expect(result?.found).toBeGreaterThan(0);
  expect(describeVerification(verification)).toContain('The ledger is NOT intact.');
  expect(describeVerification(verification)).toContain(result?.examples[0] ?? 'an example');
});

test('every check is known to find something', () => {
  expect(CHECKS.filter(({ name }) => !tampered.some(([check]) => check === name)).map(({ name }) => name)).toEqual([]);
});

test('of many things that are off, the number and the first ten are told', async () => {
  await book.postAll(
    database.db,
    Array.from({ length: 15 }, () => book.confirmed(book.earning({ member: newId(), partner, points: 1n }))),
  );
  await owner.query("update ledger.accounts set available = available + 1 where kind = 'WALLET'");
  const result = (await verifyLedger(database.db)).checks.find(({ name }) => name === 'wallets_are_their_lots');
  expect(result?.found).toBe(16);
  expect(result?.examples).toHaveLength(10);
});

test('the check reads one instant: what is posted meanwhile is not seen in part', async () => {
  let busy = true;
  const posting = (async () => {
    while (busy) await book.postAll(database.db, [book.confirmed(book.earning({ member, partner, points: 1n }))]);
  })();
  for (let i = 0; i < 10; i += 1) expect((await verifyLedger(database.db)).intact).toBe(true);
  busy = false;
  await posting;
});
