import type { Db } from '../platform/database.ts';
import type { Account } from './posting.ts';

/** Available + pending of an account when the open clearing cycle began: what a cap for a cycle counts from. */
export async function balanceBeforeOpenCycle(db: Db, account: Account): Promise<bigint> {
  const [row] = await db.rows<{ balance: bigint }>(
    `select ledger.balance_before_open_cycle(a.id) as balance from ledger.accounts a
     where a.kind = $1::ledger.account_kind and a.owner is not distinct from $2::uuid and a.unit = $3 and a.topic is not distinct from $4::smallint`,
    [account.kind, account.owner ?? null, account.unit, account.topic ?? null],
  );
  return row?.balance ?? 0n;
}
