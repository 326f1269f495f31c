import type { Tx } from '../platform/database.ts';
import { remembered } from '../platform/remembered.ts';
import { accountKey } from './account.ts';
import type { Account } from './posting.ts';

const MEMORY_KEY = 'ledger.accounts';

/**
 * Ids of accounts, opened where there are none. Ids of shared accounts never change, so they are remembered;
 * wallets are too many for that, and an account opened in this transaction vanishes if it is rolled back.
 */
export async function openAccounts(tx: Tx, accounts: readonly Account[]): Promise<Map<string, bigint>> {
  const known = remembered(tx, MEMORY_KEY, () => new Map<string, bigint>());
  const ids = new Map<string, bigint>();
  const missing = new Map<string, Account>();
  for (const account of accounts) {
    const key = accountKey(account);
    const id = known.get(key);
    if (id === undefined) missing.set(key, account);
    else ids.set(key, id);
  }
  if (missing.size === 0) return ids;
  const wanted = [...missing.values()];
  const rows = await tx.rows<{ n: bigint; account_id: bigint; opened_here: boolean }>(
    'select * from ledger.open_accounts($1::ledger.account_kind[], $2::uuid[], $3::smallint[], $4::smallint[])',
    [wanted.map((a) => a.kind), wanted.map((a) => a.owner ?? null), wanted.map((a) => a.unit), wanted.map((a) => a.topic ?? null)],
  );
  for (const row of rows) {
    const account = wanted[Number(row.n) - 1];
    if (account === undefined) continue;
    const key = accountKey(account);
    ids.set(key, row.account_id);
    if (!row.opened_here && account.kind !== 'WALLET') known.set(key, row.account_id);
  }
  return ids;
}
