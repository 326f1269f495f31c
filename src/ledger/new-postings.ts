import type { Db } from '../platform/database.ts';

/**
 * How far a reader of committed postings has come. Ids and transaction numbers are given before commit, so neither alone tells
 * what was seen; a snapshot does. `floor` is an id that everything unseen lies above, so that only the newest rows are looked at.
 */
export interface Place {
  readonly snapshot: string;
  readonly floor: bigint;
  /** Earlier places, to find the next floor by: transactions numbered `xmax` or later give ids above `newest`. */
  readonly marks: readonly { readonly xmax: bigint; readonly newest: bigint }[];
}

interface SnapshotRow {
  snapshot: string;
  xmin: bigint;
  xmax: bigint;
  newest: bigint;
  unseen: bigint[];
}

const MARKS_KEPT = 1_000;

/**
 * The ids of postings committed since a place, each exactly once however long its transaction took, and the place after them.
 * Without a place there are none yet: only what is committed later is new.
 * A posting transaction has its number before it draws ids, as it locks accounts first.
 */
export async function nextPostings(db: Db, place: Place | undefined): Promise<{ place: Place; postingIds: readonly bigint[] }> {
  const [row] = await db.rows<SnapshotRow>('select * from ledger.postings_since($1, $2)', [place?.snapshot ?? null, place?.floor ?? 0n]);
  if (row === undefined) throw new Error('there is no snapshot');
  const marks = [...(place?.marks ?? []), { xmax: row.xmax, newest: row.newest }];
  // All that is unseen from here on was begun at `xmin` or later, so its ids lie above the newest id of a mark set before that.
  const passed = marks.findLastIndex((mark) => mark.xmax <= row.xmin);
  const floor = marks[passed]?.newest ?? place?.floor ?? 0n;
  return {
    place: { snapshot: row.snapshot, floor, marks: marks.slice(Math.max(passed, 0)).slice(0, MARKS_KEPT) },
    postingIds: row.unseen,
  };
}
