import type { Db } from '../../platform/database.ts';
import type { Adjustment } from './adjustment.ts';

/** Adjustments by their stored ids, with the cycle in which each counts, for `load`; undefined where there is none. */
export async function readAdjustmentsById(db: Db, ids: readonly string[]): Promise<(Adjustment | undefined)[]> {
  const rows = await db.rows<Adjustment>(
    `select a.id, c.no as "cycleNo", a.minor, a.description, a.recorded_at as "recordedAt"
     from settlement.adjustments a
     join ledger.postings p on p.id = a.posting_id
     join ledger.cycles c on ledger.counts_in(p.cycle, p.occurred_at, c.no, c.starts_at, c.cutoff, c.status = 'OPEN')
     where a.id = any($1::uuid[])`,
    [ids],
  );
  const byId = new Map(rows.map((adjustment) => [adjustment.id, adjustment]));
  return ids.map((id) => byId.get(id));
}
