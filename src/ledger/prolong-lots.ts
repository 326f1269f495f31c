import { mergedWrites } from '../platform/batching/merged.ts';
import type { Tx } from '../platform/database.ts';

/** A wallet whose points all last until an instant at least; `opened` is the lot that was just opened in it. */
export interface Prolonged {
  readonly accountId: bigint;
  readonly until: Date;
  readonly opened: string | undefined;
}

/** Lots of wallets that have points and still run all expire at the latest of the instants given and their own. The wallets are locked by this transaction. */
export const prolongLots = mergedWrites('STORE', (tx: Tx, wallets: readonly Prolonged[]): void => {
  tx.later('select ledger.prolong_lots($1::bigint[], $2::timestamptz[], $3::uuid[])', [
    wallets.map(({ accountId }) => accountId),
    wallets.map(({ until }) => until),
    wallets.map(({ opened }) => opened ?? null),
  ]);
});
