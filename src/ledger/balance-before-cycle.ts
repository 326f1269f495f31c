import type { Db } from '../platform/database.ts';
import type { Account } from './posting.ts';

/** Available + pending of accounts of partners when the open clearing cycle began: what a cap for a cycle counts from. */
export async function balancesBeforeOpenCycle(db: Db, accounts: readonly (Account & { readonly owner: string })[]): Promise<bigint[]> {
  if (accounts.length === 0) return [];
  const rows = await db.rows<{ n: bigint; balance: bigint | null }>(
    `select w.n, (
       select ledger.balance_before_open_cycle(a.id) from ledger.accounts a
       where a.kind = w.kind and a.owner = w.owner and a.unit = w.unit and a.topic is not distinct from w.topic
     ) as balance
     from unnest($1::ledger.account_kind[], $2::uuid[], $3::smallint[], $4::smallint[]) with ordinality as w (kind, owner, unit, topic, n)`,
    [accounts.map((a) => a.kind), accounts.map((a) => a.owner), accounts.map((a) => a.unit), accounts.map((a) => a.topic ?? null)],
  );
  const balances = accounts.map(() => 0n);
  for (const { n, balance } of rows) balances[Number(n) - 1] = balance ?? 0n;
  return balances;
}
