import type { Db } from '../../platform/database.ts';

/** When the open clearing cycle began. */
export async function readOpenCycleStart(db: Db): Promise<Date> {
  const [cycle] = await db.rows<{ starts_at: Date }>("select starts_at from ledger.cycles where status = 'OPEN'");
  if (cycle === undefined) throw new Error('no clearing cycle is open');
  return cycle.starts_at;
}
