import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { newId } from '../../src/kernel/ids.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';
import * as book from './book.ts';

// Here the owner of the tables breaks the rules by hand: the database itself must refuse, and say which rule it was.

let database: TestDatabase;
let owner: Client;
const member = newId();
const earned = book.earning({ member, partner: newId(), points: 100n });
let fingerprint: string;

beforeAll(async () => {
  database = await startTestDatabase();
  owner = new Client({ connectionString: database.url });
  await owner.connect();
  await book.postAll(database.db, [book.confirmed(earned)]);
  await book.hold(database.db, { member, partner: newId(), points: 10n });
  fingerprint = await book.fingerprint(database.db);
});
afterAll(async () => {
  expect(await book.fingerprint(database.db)).toBe(fingerprint);
  await owner.end();
  await database.stop();
});

const MINE = `(select id from ledger.accounts where kind = 'WALLET' and owner = '${member}')`;
const IN_MONEY = '(select id from ledger.accounts where unit = 0 order by id limit 1)';
const entry = (values: string) =>
  `insert into ledger.entries (account_id, version, posting_id, available, available_after, aside) values ${values}`;
const cycle = (status: string, until: string) =>
  `insert into ledger.cycles (no, id, status, starts_at, cutoff, closed_at)
   values (77, '${newId()}', '${status}', '2026-01-01', '${until}', ${status === 'OPEN' ? 'null' : 'now()'})`;

const broken: readonly (readonly [rule: string, sql: string])[] = [
  ['entries_sum_to_zero', entry(`(${MINE}, 3, 9001, 5, 5, null)`)],
  ['entries_sum_to_zero', entry(`(${MINE}, 3, 9001, 5, 5, null), (${IN_MONEY}, 99, 9001, -5, 5, null)`)],
  ['entries_sum_to_zero', entry(`(${MINE}, 3, 9001, 5, 5, row (null, null, -5, 0))`)],
  ['entries_sum_to_zero', entry(`(${MINE}, 3, 9001, 0, 0, row (null, null, 5, 5))`)],
  ['an_entry_changes_something', entry(`(${MINE}, 3, 9001, 0, 0, row (0, 0, null, null))`)],
  ['versions_of_an_account_do_not_repeat', entry(`(${MINE}, 1, 9001, -5, 5, row (5, 5, null, null))`)],
  ['wallet_never_negative', `update ledger.accounts set available = -1 where id = ${MINE}`],
  ['held_points_never_negative', `update ledger.accounts set held = -1 where id = ${MINE}`],
  ['pending_points_never_negative', `update ledger.accounts set pending = -1 where id = ${MINE}`],
  ['an_account_is_opened_once', `insert into ledger.accounts (kind, owner, unit) values ('WALLET', '${member}', 1)`],
  ['an_account_is_opened_once', "insert into ledger.accounts (kind, unit, topic) values ('POOL', 0, 1)"],
  ['an_account_is_opened_once', "insert into ledger.accounts (kind, unit) values ('OPERATOR', 0)"],
  ['accounts_pkey', 'insert into ledger.accounts (id, kind, unit) overriding system value select id, kind, 9 from ledger.accounts limit 1'],
  ['lot_remaining_between_zero_and_initial', `update ledger.lots set available = -1 where id = '${earned.lot.id}'`],
  ['lot_remaining_between_zero_and_initial', `update ledger.lots set held = -1 where id = '${earned.lot.id}'`],
  ['lot_remaining_between_zero_and_initial', `update ledger.lots set available = 91 where id = '${earned.lot.id}'`],
  [
    'a_lot_starts_with_points',
    `insert into ledger.lots (id, account_id, issuer, origin, posting_id, earned_at, initial, available, redemption_micros, funded_micros)
     values ('${newId()}', ${MINE}, '${member}', 'ACCRUAL', 1, now(), 0, 0, 0, 0)`,
  ],
  ['a_posting_uses_a_lot_once', 'insert into ledger.lot_uses select * from ledger.lot_uses'],
  ['lot_uses_lot_id_fkey', `insert into ledger.lot_uses values (9001, '${newId()}', -1, 0)`],
  ['only_one_cycle_is_open', cycle('OPEN', '2026-02-01')],
  [
    'prepaid_money_is_never_overdrawn',
    "insert into ledger.accounts (kind, owner, unit, available) values ('PREPAID', gen_random_uuid(), 0, -1)",
  ],
  [
    'a_deposit_is_never_overdrawn',
    "insert into ledger.accounts (kind, owner, unit, available) values ('DEPOSIT', gen_random_uuid(), 0, -1)",
  ],
  ['a_cycle_ends_after_it_starts', cycle('CLOSED', '2026-01-01')],
  ...['postings', 'entries', 'lot_uses'].flatMap((table) => [
    ['ledger_is_append_only', `delete from ledger.${table}`] as const,
    ['ledger_is_append_only', `truncate ledger.${table} cascade`] as const,
  ]),
  ...['unit = 2', 'owner = gen_random_uuid()', "kind = 'POOL'", 'topic = 1'].map(
    (change) => ['ledger_is_append_only', `update ledger.accounts set ${change} where id = ${MINE}`] as const,
  ),
  ['ledger_is_append_only', "update ledger.postings set occurred_at = '2020-01-01'"],
  ['ledger_is_append_only', 'update ledger.entries set available = available + 1'],
  ['ledger_is_append_only', 'update ledger.lot_uses set available = 0'],
  ['ledger_is_append_only', 'delete from ledger.lots'],
  ['ledger_is_append_only', 'truncate ledger.lots cascade'],
  ['ledger_is_append_only', 'delete from ledger.accounts'],
  ['ledger_is_append_only', 'truncate ledger.accounts cascade'],
];

test.each(broken)('%s: whoever breaks it is refused, as in: %s', async (rule, sql) => {
  await expect(owner.query(sql)).rejects.toMatchObject({ constraint: rule });
});

test('every rule that the ledger names is broken in a test', () => {
  const migration = ['0002_ledger', '0007_lots_with_a_parent']
    .map((file) => readFileSync(join(import.meta.dirname, `../../migrations/${file}.sql`), 'utf8'))
    .join('\n');
  const named = [...migration.matchAll(/\bconstraint = '(\w+)'|\bconstraint (\w+) (?:check|unique|primary)|unique index (\w+)/g)].map(
    (m) => m[1] ?? m[2] ?? m[3] ?? '',
  );
  expect(named).toContain('wallet_change_equals_lot_changes');
  const elsewhere = ['wallet_change_equals_lot_changes'];
  expect([...new Set(named)].filter((name) => !broken.some(([rule]) => rule === name) && !elsewhere.includes(name))).toEqual([]);
});

test('wallet_change_equals_lot_changes: points without a lot, lots without points and lots of somebody else are refused', async () => {
  const posting = book.confirmed(book.earning({ member, partner: newId(), points: 5n }));
  const rule = { constraint: 'wallet_change_equals_lot_changes' };
  await expect(book.postAll(database.db, [{ ...posting, opens: [] }])).rejects.toMatchObject(rule);
  await expect(
    book.postAll(database.db, [{ ...posting, opens: posting.opens?.map((lot) => ({ ...lot, points: 4n })) ?? [] }]),
  ).rejects.toMatchObject(rule);
  const stranger = book.confirmed(book.earning({ member: newId(), partner: newId(), points: 5n }));
  await expect(
    book.postAll(database.db, [
      stranger,
      { ...posting, opens: [], uses: [{ lotId: stranger.opens?.[0]?.id ?? '', available: -5n, held: 0n }] },
    ]),
  ).rejects.toMatchObject(rule);
});

test('an entry that breaks no other rule is refused when its lot is not there', async () => {
  const posting = book.confirmed(book.earning({ member, partner: newId(), points: 5n }));
  await expect(book.postAll(database.db, [{ ...posting, uses: [{ lotId: newId(), available: -5n, held: 0n }] }])).rejects.toMatchObject({
    constraint: 'lot_uses_lot_id_fkey',
  });
});

const forbidden = [
  "insert into ledger.postings (id, code, cycle, occurred_at, recorded_at, reference) values (1, 'lot.expired', 1, now(), now(), gen_random_uuid())",
  'insert into ledger.entries (account_id, version, posting_id, available, available_after) values (1, 1, 1, 1, 1)',
  "insert into ledger.accounts (kind, unit) values ('OPERATOR', 5)",
  'insert into ledger.lots select * from ledger.lots',
  'insert into ledger.lot_uses select * from ledger.lot_uses',
  'update ledger.accounts set available = available + 1',
  'update ledger.lots set available = available + 1',
  'update ledger.entries set available = 0',
  'delete from ledger.entries',
  'delete from ledger.cycles',
  'truncate ledger.postings',
  "select nextval('ledger.posting_ids')",
  'alter table ledger.entries disable trigger all',
  'create table ledger.mine ()',
  'select ledger.enter_cycle()',
];

test.each(forbidden)('the role of the application may not: %s', async (sql) => {
  await expect(database.db.rows(sql)).rejects.toMatchObject({ code: '42501' });
});

test('nobody but the application may call the functions of the ledger', async () => {
  const open = await owner.query(
    "select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'ledger' and has_function_privilege('public', p.oid, 'execute')",
  );
  expect(open.rows).toEqual([]);
});
