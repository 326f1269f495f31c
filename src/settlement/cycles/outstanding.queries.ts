import type { Db } from '../../platform/database.ts';

/** Points of each currency in wallets before a cycle, held ones included and pending ones not, by number of the currency. */
export async function readOutstandingBefore(db: Db, cycleNo: number): Promise<ReadonlyMap<number, bigint>> {
  const rows = await db.rows<{ no: number; points: bigint }>(
    `select a.unit as no, (-sum(b.available))::bigint as points
     from ledger.accounts a cross join lateral ledger.balances_before_cycle(a.id, $1) b
     where a.kind in ('ISSUANCE', 'JOINT', 'REDEEMED', 'EXCHANGED', 'EXPIRED') and a.unit <> 0
     group by a.unit`,
    [cycleNo],
  );
  return new Map(rows.map(({ no, points }) => [no, points]));
}
