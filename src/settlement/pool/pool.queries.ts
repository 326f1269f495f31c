import type { Db } from '../../platform/database.ts';

/** What stands behind one point currency. */
export interface PoolState {
  readonly outstanding: bigint;
  readonly poolMicros: bigint;
}

/**
 * Points in wallets, held ones included, and money in the pool, by currency number. Entries sum to zero, so the points in millions of
 * wallets are what the few other accounts of the currency lack.
 */
export async function readPools(db: Db, currencyNos: readonly number[]): Promise<PoolState[]> {
  const rows = await db.rows<PoolState & { no: number }>(
    `select c.no,
       coalesce((
         select -sum(a.available + a.held) from ledger.accounts a
         where a.kind in ('ISSUANCE', 'JOINT', 'REDEEMED', 'EXCHANGED', 'EXPIRED') and a.unit = c.no
       ), 0)::bigint as outstanding,
       coalesce((select sum(a.available) from ledger.accounts a where a.kind = 'POOL' and a.topic = c.no), 0)::bigint as "poolMicros"
     from unnest($1::smallint[]) as c (no)`,
    [currencyNos],
  );
  const byNo = new Map(rows.map((row) => [row.no, row]));
  return currencyNos.map((no) => byNo.get(no) ?? { outstanding: 0n, poolMicros: 0n });
}

/** What burning every remaining point would take from the pool, lot by lot at the price each was issued at; by currency number. */
export async function readLotLiabilities(db: Db, currencyNos: readonly number[]): Promise<bigint[]> {
  const rows = await db.rows<{ no: number; micros: bigint }>(
    `select a.unit as no, sum((l.available + l.held) * l.redemption_micros)::bigint as micros
     from ledger.lots l join ledger.accounts a on a.id = l.account_id
     where (l.available > 0 or l.held > 0) and a.unit = any($1::smallint[])
     group by a.unit`,
    [currencyNos],
  );
  const byNo = new Map(rows.map((row) => [row.no, row.micros]));
  return currencyNos.map((no) => byNo.get(no) ?? 0n);
}
