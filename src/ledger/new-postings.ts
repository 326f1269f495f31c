import type { Db } from '../platform/database.ts';

/** How far a reader of committed postings has come: what it has seen. Ids and transaction numbers are given before commit, so they do not tell. */
export type Place = string;

interface SnapshotRow {
  snapshot: Place;
  unseen: bigint[];
}

/**
 * The ids of postings committed since a place, each exactly once however long its transaction took, and the place after them.
 * Without a place there are none yet: only what is committed later is new.
 */
export async function nextPostings(db: Db, place: Place | undefined): Promise<{ place: Place; postingIds: readonly bigint[] }> {
  const [row] = await db.rows<SnapshotRow>('select * from ledger.postings_since($1)', [place ?? null]);
  if (row === undefined) throw new Error('there is no snapshot');
  return { place: row.snapshot, postingIds: row.unseen };
}
