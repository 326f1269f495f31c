import type { Db, Tx } from '../../platform/database.ts';
import type { NettingPair } from './netting-pair.ts';

const COLUMNS = 'id, partner_a as "partnerA", partner_b as "partnerB", starts_at as "startsAt", ends_at as "endsAt"';

/** All pairs that were ever named, in the order in which they were, for `load`. */
export async function readNettingPairs(db: Db, keys: readonly 'all'[]): Promise<NettingPair[][]> {
  const pairs = await db.rows<NettingPair>(`select ${COLUMNS} from settlement.netting_pairs order by id`);
  return keys.map(() => pairs);
}

export async function insertNettingPair(tx: Tx, { id, partnerA, partnerB, startsAt, endsAt }: NettingPair): Promise<void> {
  await tx.rows('insert into settlement.netting_pairs (id, partner_a, partner_b, starts_at, ends_at) values ($1, $2, $3, $4, $5)', [
    id,
    partnerA,
    partnerB,
    startsAt.toISOString(),
    endsAt?.toISOString() ?? null,
  ]);
}

/** Stores when a pair ends. */
export async function updateEnd(tx: Tx, id: string, endsAt: Date): Promise<void> {
  await tx.rows('update settlement.netting_pairs set ends_at = $2 where id = $1', [id, endsAt.toISOString()]);
}
