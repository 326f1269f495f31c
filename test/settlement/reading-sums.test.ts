import { Client } from 'pg';
import { coalitionNow } from '../../src/partners/coalition.ts';
import { type Db, transact } from '../../src/platform/database.ts';
import { readOpenCycle } from '../../src/settlement/cycles/cycles.queries.ts';
import {
  readActiveMembers,
  readIssuerValues,
  readLateReports,
  readMemberValues,
  readPrepaidPoints,
} from '../../src/settlement/lines/cycle-sums.queries.ts';
import { readMovements } from '../../src/settlement/lines/movements.queries.ts';
import { type Nova, redemptionOf, startNova } from '../support/coalition.ts';

let nova: Nova;
let administrator: Client;
beforeAll(async () => {
  nova = await startNova();
  administrator = new Client({ connectionString: nova.app.url });
  await administrator.connect();
  await administrator.query('grant set on parameter track_functions to pointsettia_app');
});
afterAll(async () => {
  await administrator.end();
  await nova.stop();
});

async function searchesSoFar(tx: Db): Promise<number> {
  const [row] = await tx.rows<{ calls: bigint }>(
    "select coalesce(sum(calls), 0)::bigint as calls from pg_stat_xact_user_functions where funcname = 'version_before_cycle'",
  );
  return Number(row?.calls);
}

/** How often a read looks for where an account begins in the open cycle. */
const searches = (read: (tx: Db) => Promise<unknown>): Promise<number> =>
  transact(nova.app.db, async (tx) => {
    await tx.rows("set local track_functions = 'pl'");
    const before = await searchesSoFar(tx);
    await read(tx);
    return (await searchesSoFar(tx)) - before;
  });

test('where the open cycle begins is looked up once for each account, however many entries it has and whatever is known of how many', async () => {
  const { db } = nova.app;
  const { coalition } = await coalitionNow(db);
  const [cycle] = await readOpenCycle(db, ['open']);
  if (cycle === undefined) throw new Error('no cycle is open');
  const ids = coalition.partners.map(({ id }) => id);
  const times = ids.map((partnerId) => ({ partnerId, hours: 1 }));
  const members = await Promise.all(Array.from({ length: 5 }, () => nova.enrol()));
  for (let round = 0; round < 3; round += 1) {
    for (const member of members) {
      await nova.earnMany(
        'AERO',
        Array.from({ length: 40 }, () => nova.accrueInput(member, { points: 10 })),
      );
      redemptionOf(await nova.capture('DEPOT', redemptionOf(await nova.hold('DEPOT', member, 'APT', 100)).id));
    }
    const [{ accounts } = { accounts: 0n }] = await db.rows<{ accounts: bigint }>(
      "select count(*) as accounts from ledger.accounts where kind in ('PARTNER', 'PREPAID', 'ISSUANCE', 'REDEEMED', 'JOINT')",
    );
    for (const read of [
      (tx: Db) => readMemberValues(tx, cycle, ids),
      (tx: Db) => readIssuerValues(tx, cycle, ids),
      (tx: Db) => readActiveMembers(tx, cycle, ids),
      (tx: Db) => readLateReports(tx, cycle, times),
      (tx: Db) => readPrepaidPoints(tx, cycle, ids),
      (tx: Db) => readMovements(tx, cycle, ['PARTNER', 'ISSUANCE', 'REDEEMED']),
    ]) {
      const found = await searches(read);
      expect(found).toBeGreaterThan(0);
      expect(found).toBeLessThanOrEqual(Number(accounts));
    }
    // Then the same with a table that is known to be large.
    await administrator.query('analyze ledger.entries, ledger.postings, ledger.accounts');
  }
});
