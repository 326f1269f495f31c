import { mergedLists, mergedWrites } from '../../platform/batching/merged.ts';
import type { Db, Tx } from '../../platform/database.ts';
import { type Counting, type CurrencyPair, countInOrder, pairKey } from './caps.rules.ts';
import type { Exchange } from './exchange.ts';

interface UsageRow {
  from_no: number;
  to_no: number;
  cycle: number;
  used: bigint;
}

/** What all members have given of pairs of currencies in the open cycle. */
export const readUsage = mergedLists('READ', async (db: Db, pairs: readonly CurrencyPair[]): Promise<bigint[]> => {
  const rows = await db.rows<{ used: bigint }>(
    `select coalesce(u.used, 0) as used
     from unnest($1::smallint[], $2::smallint[]) with ordinality as p (from_no, to_no, n)
     join ledger.cycles c on c.status = 'OPEN'
     left join exchange.exchange_usage u on u.from_no = p.from_no and u.to_no = p.to_no and u.cycle = c.no
     order by p.n`,
    [pairs.map(({ fromNo }) => fromNo), pairs.map(({ toNo }) => toNo)],
  );
  if (rows.length < pairs.length) throw new Error('no clearing cycle is open');
  return rows.map(({ used }) => used);
});

/**
 * Grants points of pairs in the open cycle, to one after the other, and answers with the cycle; nobody else counts until the transaction ends. A
 * pair is everybody's, so it cannot be claimed: who shares the transaction is judged after those before it. So this is asked last: what is granted
 * here is exchanged, or nothing is done at all. The wallets are locked before, so the cycle stays open.
 */
export const grantUsage = mergedLists('USAGE', async (tx: Tx, all: readonly Counting[]) => {
  const pairs = [...new Map(all.map((one) => [pairKey(one), one])).values()];
  const rows = await tx.rows<UsageRow>(
    `insert into exchange.exchange_usage as u (from_no, to_no, cycle, used)
     select p.from_no, p.to_no, c.no, 0
     from unnest($1::smallint[], $2::smallint[]) as p (from_no, to_no) join ledger.cycles c on c.status = 'OPEN'
     order by p.from_no, p.to_no
     on conflict (from_no, to_no, cycle) do update set used = u.used
     returning u.from_no, u.to_no, u.cycle, u.used`,
    [pairs.map(({ fromNo }) => fromNo), pairs.map(({ toNo }) => toNo)],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('no clearing cycle is open');
  const used = new Map(rows.map(({ from_no: fromNo, to_no: toNo, used }) => [pairKey({ fromNo, toNo }), used]));
  return countInOrder(used, all).map((counted) => ('refused' in counted ? counted : { done: row.cycle }));
});

/** Counts exchanges in their cycles. */
export const addUsage = mergedWrites('STORE', (tx: Tx, exchanges: readonly Exchange[]): void => {
  tx.later(
    `update exchange.exchange_usage u set used = u.used + x.debited
     from (
       select from_no, to_no, cycle, sum(debited)::bigint as debited
       from unnest($1::smallint[], $2::smallint[], $3::integer[], $4::bigint[]) as x (from_no, to_no, cycle, debited) group by 1, 2, 3
     ) x
     where u.from_no = x.from_no and u.to_no = x.to_no and u.cycle = x.cycle`,
    [exchanges.map((e) => e.fromNo), exchanges.map((e) => e.toNo), exchanges.map((e) => e.cycle), exchanges.map((e) => e.debited)],
  );
});
