import { mergedWrites } from '../../platform/batching/merged.ts';
import type { Db, Tx } from '../../platform/database.ts';
import type { BlockPart, PointBlock } from './point-block.ts';

interface BlockRow {
  id: string;
  partner_id: string;
  currency_no: number;
  points: bigint;
  remaining: bigint;
  redemption_micros: bigint;
  service_micros: bigint;
  alert_points: bigint | null;
  purchased_at: Date;
}

function toBlock(row: BlockRow): PointBlock {
  return {
    id: row.id,
    partnerId: row.partner_id,
    currencyNo: row.currency_no,
    points: row.points,
    remaining: row.remaining,
    redemptionMicros: row.redemption_micros,
    serviceMicros: row.service_micros,
    alertPoints: row.alert_points ?? undefined,
    purchasedAt: row.purchased_at,
  };
}

/** Blocks by id, for `load`; undefined where there is none. */
export async function readBlocks(db: Db, ids: readonly string[]): Promise<(PointBlock | undefined)[]> {
  const rows = await db.rows<BlockRow>('select * from exchange.point_blocks where id = any($1::uuid[])', [ids]);
  const byId = new Map(rows.map((row) => [row.id, toBlock(row)]));
  return ids.map((id) => byId.get(id));
}

/** All blocks of partners in the order of purchase, for `load`. */
export async function readBlocksOf(db: Db, partnerIds: readonly string[]): Promise<PointBlock[][]> {
  const rows = await db.rows<BlockRow>(
    'select * from exchange.point_blocks where partner_id = any($1::uuid[]) order by currency_no, purchased_at, id',
    [partnerIds],
  );
  const byPartner = Map.groupBy(rows.map(toBlock), ({ partnerId }) => partnerId);
  return partnerIds.map((id) => byPartner.get(id) ?? []);
}

/** Locks blocks that have points left, in the order in which they are used. Wallets are locked before, shared accounts after. */
export async function lockBlocks(
  tx: Tx,
  issuers: readonly { readonly partnerId: string; readonly currencyNo: number }[],
): Promise<PointBlock[]> {
  if (issuers.length === 0) return [];
  const rows = await tx.rows<BlockRow>(
    `select * from exchange.point_blocks
     where (partner_id, currency_no) in (select * from unnest($1::uuid[], $2::smallint[])) and remaining > 0
     order by currency_no, purchased_at, id for update`,
    [issuers.map(({ partnerId }) => partnerId), issuers.map(({ currencyNo }) => currencyNo)],
  );
  return rows.map(toBlock);
}

export async function insertBlock(tx: Tx, block: PointBlock): Promise<void> {
  await tx.rows(
    `insert into exchange.point_blocks (id, partner_id, currency_no, points, remaining, redemption_micros, service_micros, alert_points, purchased_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      block.id,
      block.partnerId,
      block.currencyNo,
      block.points,
      block.remaining,
      block.redemptionMicros,
      block.serviceMicros,
      block.alertPoints ?? null,
      block.purchasedAt.toISOString(),
    ],
  );
}

/** What accruals took from blocks. */
export interface Taking {
  readonly accrualId: string;
  readonly parts: readonly BlockPart[];
}

/** Stores what accruals took from blocks that are locked. */
export function storeTakings(tx: Tx, takings: readonly Taking[]): void {
  const all = takings.flatMap(({ accrualId, parts }) => parts.map((part, at) => ({ accrualId, place: at + 1, ...part })));
  if (all.length === 0) return;
  tx.later(
    `insert into exchange.accrual_blocks (accrual_id, place, block_id, points, lot_id)
     select * from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::bigint[], $5::uuid[])`,
    [
      all.map((p) => p.accrualId),
      all.map((p) => p.place),
      all.map((p) => p.blockId),
      all.map((p) => p.points),
      all.map((p) => p.lotId ?? null),
    ],
  );
  tx.later(
    `update exchange.point_blocks b set remaining = b.remaining - t.points
     from (select block_id, sum(points) as points from unnest($1::uuid[], $2::bigint[]) as n (block_id, points) group by block_id) t
     where b.id = t.block_id`,
    [all.map((p) => p.blockId), all.map((p) => p.points)],
  );
}

/** Locks blocks to which points go back, in the order of `lockBlocks`. */
export const lockBlocksOf = mergedWrites('BLOCKS', async (tx: Tx, back: readonly BlockPart[]): Promise<void> => {
  await tx.rows('select from exchange.point_blocks where id = any($1::uuid[]) order by currency_no, purchased_at, id for update', [
    [...new Set(back.map((p) => p.blockId))],
  ]);
});

/** Gives points back to blocks that are locked. */
export const returnToBlocks = mergedWrites('STORE', (tx: Tx, back: readonly BlockPart[]): void => {
  tx.later(
    `update exchange.point_blocks b set remaining = b.remaining + r.points
     from (select block_id, sum(points) as points from unnest($1::uuid[], $2::bigint[]) as n (block_id, points) group by block_id) r
     where b.id = r.block_id`,
    [back.map((p) => p.blockId), back.map((p) => p.points)],
  );
});

/** Stores the parts of accruals as they have become: what went back to its block, and the lots of what entered a wallet. */
export const updateTakings = mergedWrites('STORE', (tx: Tx, takings: readonly Taking[]): void => {
  const all = takings.flatMap(({ accrualId, parts }) => parts.map((part, at) => ({ accrualId, place: at + 1, ...part })));
  tx.later(
    `update exchange.accrual_blocks b set returned = n.returned, lot_id = n.lot_id
     from unnest($1::uuid[], $2::smallint[], $3::bigint[], $4::uuid[]) as n (accrual_id, place, returned, lot_id)
     where b.accrual_id = n.accrual_id and b.place = n.place`,
    [all.map((p) => p.accrualId), all.map((p) => p.place), all.map((p) => p.returned), all.map((p) => p.lotId ?? null)],
  );
});
