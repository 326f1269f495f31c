import type { Coalition } from '../../partners/coalition.ts';
import { fundedBy } from '../../partners/contracts/clauses/joint-promotion/funded-shares.rules.ts';
import type { Db } from '../../platform/database.ts';
import { type Position, positionMicros } from './exposure.rules.ts';
import { readPromotionsOwed } from './promotions-owed.queries.ts';

/** Where one partner stands as things are in this transaction, its part in what joint promotions owe included. */
export async function readPosition(db: Db, coalition: Coalition, partnerId: string, now: Date): Promise<Position> {
  const shares = fundedBy(coalition, partnerId, now);
  const [ownMicros = 0n] = await readPartnerMoney(db, [partnerId]);
  // Who funds no promotion reads nothing more.
  if (shares.length === 0) return { ownMicros, promotions: [] };
  const owed = await readPromotionsOwed(db, shares);
  return { ownMicros, promotions: shares.map((share, at) => ({ ...share, owedMicros: owed[at] ?? 0n })) };
}

/** What one partner is owed, or owes as a negative number, as things stand in this transaction. */
export async function readPartnerMicros(db: Db, coalition: Coalition, partnerId: string, now: Date): Promise<bigint> {
  return positionMicros(await readPosition(db, coalition, partnerId, now));
}

/** The money accounts of partners, posted and of accruals that are still pending, in micros: + it receives, - it pays. */
export async function readPartnerMoney(db: Db, partnerIds: readonly string[]): Promise<bigint[]> {
  const rows = await db.rows<{ owner: string; micros: bigint }>(
    `select owner, available + pending as micros from ledger.accounts
     where kind = 'PARTNER' and owner = any($1::uuid[]) and unit = 0 and topic is null`,
    [partnerIds],
  );
  const byPartner = new Map(rows.map((row) => [row.owner, row.micros]));
  return partnerIds.map((id) => byPartner.get(id) ?? 0n);
}
