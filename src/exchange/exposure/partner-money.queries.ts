import type { Db } from '../../platform/database.ts';

/** The balances of a partner's money account: posted, and of accruals that are still pending. + the partner receives, - it pays. */
export interface MoneyBalance {
  readonly available: bigint;
  readonly pending: bigint;
}

/** What a partner is owed, or owes as a negative number: posted and pending, in micros. */
export function microsOf(balance: MoneyBalance | undefined): bigint {
  return balance === undefined ? 0n : balance.available + balance.pending;
}

/** What one partner is owed as things stand in this transaction. */
export async function readPartnerMicros(db: Db, partnerId: string): Promise<bigint> {
  const [balance] = await readPartnerMoney(db, [partnerId]);
  return microsOf(balance);
}

/** The balances of partners' money accounts in micros; undefined where nothing was ever posted. */
export async function readPartnerMoney(db: Db, partnerIds: readonly string[]): Promise<(MoneyBalance | undefined)[]> {
  const rows = await db.rows<MoneyBalance & { owner: string }>(
    "select owner, available, pending from ledger.accounts where kind = 'PARTNER' and owner = any($1::uuid[]) and unit = 0 and topic is null",
    [partnerIds],
  );
  const byPartner = new Map(rows.map((row) => [row.owner, row]));
  return partnerIds.map((id) => byPartner.get(id));
}
