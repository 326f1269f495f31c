import type { Tx } from '../platform/database.ts';

/** Lots of these wallets that have points and still run expire no earlier than given. The wallets are locked by this transaction. */
export async function prolongLots(tx: Tx, wallets: readonly { readonly accountId: bigint; readonly until: Date }[]): Promise<void> {
  if (wallets.length === 0) return;
  await tx.rows('select ledger.prolong_lots($1::bigint[], $2::timestamptz[])', [
    wallets.map(({ accountId }) => accountId),
    wallets.map(({ until }) => until.toISOString()),
  ]);
}
