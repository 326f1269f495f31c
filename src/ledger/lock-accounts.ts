import type { Tx } from '../platform/database.ts';
import { openAccounts } from './open-accounts.ts';
import type { Account } from './posting.ts';

/** Locks accounts in the order in which `post` does. A transaction that posts several times takes all that it will touch at once, or it could deadlock. */
export async function lockAccounts(tx: Tx, accounts: readonly Account[]): Promise<void> {
  const ids = await openAccounts(tx, accounts);
  await tx.rows('select ledger.lock_accounts($1::bigint[])', [[...ids.values()]]);
}
