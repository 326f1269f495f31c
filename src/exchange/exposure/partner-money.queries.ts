import type { Coalition } from '../../partners/coalition.ts';
import { fundedBy } from '../../partners/contracts/clauses/joint-promotion/funded-shares.rules.ts';
import type { Db } from '../../platform/database.ts';
import { type Position, positionMicros } from './exposure.rules.ts';
import { readPromotionsOwed } from './promotions-owed.queries.ts';

/** Where partners stand as things are in this transaction, their part in what joint promotions owe included. */
export async function readPositions(
  db: Db,
  coalition: Coalition,
  partnerIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, Position>> {
  const money = await readPartnerMoney(db, partnerIds);
  const shares = partnerIds.flatMap((partnerId) => fundedBy(coalition, partnerId, now).map((share) => ({ partnerId, share })));
  // Who funds no promotion reads nothing more.
  const owed =
    shares.length === 0
      ? []
      : await readPromotionsOwed(
          db,
          shares.map(({ share }) => share),
        );
  const promotions = Map.groupBy(
    shares.map(({ partnerId, share }, at) => ({ partnerId, ...share, owedMicros: owed[at] ?? 0n })),
    ({ partnerId }) => partnerId,
  );
  return new Map(partnerIds.map((id, at) => [id, { ownMicros: money[at] ?? 0n, promotions: promotions.get(id) ?? [] }]));
}

/** What one partner is owed, or owes as a negative number, as things stand in this transaction. */
export async function readPartnerMicros(db: Db, coalition: Coalition, partnerId: string, now: Date): Promise<bigint> {
  const position = (await readPositions(db, coalition, [partnerId], now)).get(partnerId);
  return position === undefined ? 0n : positionMicros(position);
}

/** The money accounts of partners, posted and of accruals that are still pending, in micros: + it receives, - it pays. */
export async function readPartnerMoney(db: Db, partnerIds: readonly string[]): Promise<bigint[]> {
  // How many there are is hidden from the planner: one plan fits all.
  const rows = await db.rows<{ owner: string; micros: bigint }>(
    `select owner, available + pending as micros from ledger.accounts
     where kind = 'PARTNER' and owner = any((select $1::uuid[])::uuid[]) and unit = 0 and topic is null`,
    [partnerIds],
  );
  const byPartner = new Map(rows.map((row) => [row.owner, row.micros]));
  return partnerIds.map((id) => byPartner.get(id) ?? 0n);
}
