import { NO_ID } from '../../src/kernel/ids.ts';
import { isFoundByReference, isOfPosting, isOfPostings } from '../../src/ledger/entries-of-posting.ts';
import { isLotOf } from '../../src/ledger/lots-of-account.ts';
import { transact } from '../../src/platform/database.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase({ poolSize: 2 });
});
afterAll(() => database.stop());

/** How PostgreSQL goes about it where it may choose anything but reading whole tables. */
function planOf(query: string): Promise<string> {
  return transact(database.db, async (tx) => {
    await tx.rows('set local enable_seqscan = off');
    const lines = await tx.rows<Record<string, string>>(`explain ${query}`);
    return lines.map((line) => Object.values(line)[0]).join('\n');
  });
}

test.each([
  [
    'entries of postings',
    'entries_by_posting',
    `select e.* from unnest(array[1, 2]::bigint[]) as p (id) join ledger.entries e on ${isOfPosting('e', 'p.id')}`,
  ],
  [
    'entries of many postings',
    'entries_by_posting',
    `select e.* from ledger.entries e where ${isOfPostings('e', 'array[1, 2]::bigint[]')}`,
  ],
  [
    'postings of what may have several',
    'postings_by_reference',
    `select from ledger.postings p where p.reference = '${NO_ID}' and ${isFoundByReference('p')}`,
  ],
  [
    'postings of one kind',
    'postings_by_reference',
    `select from ledger.postings p where p.reference = any(array['${NO_ID}'::uuid]) and p.code in ('accrual.reversed', 'accrual.pending_reversed')`,
  ],
  [
    'purchases of blocks',
    'postings_by_reference',
    `select from ledger.postings p where p.reference = '${NO_ID}' and p.code = 'block.purchased'`,
  ],
])('%s are found by the index %s', async (_what, index, query) => {
  expect(await planOf(query)).toMatch(new RegExp(`${index}.*\n.*Index Cond`));
});

test.each([
  ['of one wallet', `select from ledger.lots l where ${isLotOf('l', '7')}`],
  [
    'of the wallets of a member',
    `select l.* from ledger.accounts a cross join lateral (select * from ledger.lots o where ${isLotOf('o', 'a.id')} offset 0) l where a.kind = 'WALLET'`,
  ],
])('lots %s are found by the indexes of those with points left and of those without', async (_of, query) => {
  const plan = await planOf(query);
  expect(plan).toContain('BitmapOr');
  for (const index of ['open_lots_by_account', 'spent_lots_by_account']) expect(plan).toMatch(new RegExp(`${index}.*\n.*Index Cond`));
});

test('postings of a transaction are found by the index of its neighbours', async () => {
  const plan = await planOf('select from ledger.postings p where ledger.shelf(p.xid) >= ledger.shelf(1) and p.xid >= 1');
  expect(plan).toContain('postings_by_transaction');
});
