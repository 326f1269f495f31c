import type { Db } from '../../platform/database.ts';
import type { Cycle } from './cycle.ts';

const COLUMNS = 'no, id, status, starts_at as "startsAt", cutoff';

/** Cycles by their stored ids, for `load`; undefined where there is none. */
export async function readCycles(db: Db, ids: readonly string[]): Promise<(Cycle | undefined)[]> {
  const rows = await db.rows<Cycle>(`select ${COLUMNS} from ledger.cycles where id = any($1::uuid[])`, [ids]);
  const byId = new Map(rows.map((cycle) => [cycle.id, cycle]));
  return ids.map((id) => byId.get(id));
}

/** The one open cycle, for `load`. */
export async function readOpenCycle(db: Db, keys: readonly 'open'[]): Promise<Cycle[]> {
  const [cycle] = await db.rows<Cycle>(`select ${COLUMNS} from ledger.cycles where status = 'OPEN'`);
  if (cycle === undefined) throw new Error('no clearing cycle is open');
  return keys.map(() => cycle);
}
