import { Client } from 'pg';
import { transact } from '../../src/platform/database.ts';
import { readCyclesByNo } from '../../src/settlement/cycles/cycles.queries.ts';
import { readJournal } from '../../src/settlement/exports/journal.queries.ts';
import { rowsRead, startTestDatabase, type TestDatabase } from '../support/database.ts';

/** Postings of a book in which nearly all entries are on a few accounts of money. */
const POSTINGS = 40_000;
const PAGE = 2_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase({ poolSize: 1 });
  const owner = new Client({ connectionString: database.url });
  await owner.connect();
  try {
    await owner.query('set session_replication_role = replica');
    await owner.query(
      `insert into ledger.accounts (kind, owner, unit) select 'WALLET', gen_random_uuid(), 1 from generate_series(1, 20000);
       insert into ledger.accounts (kind, owner, unit) select 'PARTNER', gen_random_uuid(), 0 from generate_series(1, 8)`,
    );
    await owner.query(
      `with added as (
         insert into ledger.postings (id, code, cycle, occurred_at, recorded_at, reference)
         select nextval('ledger.posting_ids'), 'accrual.confirmed', 1, now(), now(), gen_random_uuid() from generate_series(1, ${POSTINGS}) returning id
       )
       insert into ledger.entries (account_id, version, posting_id, available, available_after)
       select a.id, p.id, p.id, 1, p.id from added p join lateral (
         select id from ledger.accounts where kind = 'PARTNER' union all select min(id) + p.id % 20000 from ledger.accounts
       ) a on true`,
    );
    await owner.query('analyze ledger.accounts, ledger.entries, ledger.postings');
  } finally {
    await owner.end();
  }
});
afterAll(() => database.stop());

test('a page of the journal reads the entries of its postings and their neighbours, also where accounts of money have nearly all entries', async () => {
  const [cycle] = await readCyclesByNo(database.db, [1]);
  if (cycle === undefined) throw new Error('there is no cycle');
  // As often as it takes PostgreSQL to keep a plan, and once more.
  for (let times = 0; times < 9; times += 1) {
    await transact(database.db, async (tx) => {
      const before = await rowsRead(tx, 'ledger.entries');
      const legs = await readJournal(tx, cycle, { from: 1_001n, to: 1_001n + BigInt(PAGE) });
      expect(legs).toHaveLength(PAGE * 8);
      expect((await rowsRead(tx, 'ledger.entries')) - before).toBeLessThan(PAGE * 9 * 9);
    });
  }
});
