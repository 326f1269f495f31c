import type { Db } from '../../platform/database.ts';
import type { MoneyBalance } from './exposure.rules.ts';

/** The balances of partners' money accounts in micros; undefined where nothing was ever posted. */
export async function readPartnerMoney(db: Db, partnerIds: readonly string[]): Promise<(MoneyBalance | undefined)[]> {
  const rows = await db.rows<MoneyBalance & { owner: string }>(
    "select owner, available, pending from ledger.accounts where kind = 'PARTNER' and owner = any($1::uuid[]) and unit = 0 and topic is null",
    [partnerIds],
  );
  const byPartner = new Map(rows.map((row) => [row.owner, row]));
  return partnerIds.map((id) => byPartner.get(id));
}
