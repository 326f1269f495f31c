import type { Db, Tx } from '../../platform/database.ts';

/** When the open clearing cycle began. */
export async function readOpenCycleStart(db: Db): Promise<Date> {
  const [cycle] = await db.rows<{ starts_at: Date }>("select starts_at from ledger.cycles where status = 'OPEN'");
  if (cycle === undefined) throw new Error('no clearing cycle is open');
  return cycle.starts_at;
}

/** The same, and the cycle stays open until the transaction ends: what is agreed from its start on is seen by whoever closes it. */
export async function holdOpenCycleStart(tx: Tx): Promise<Date> {
  await tx.rows('select ledger.enter_open_cycle()');
  return readOpenCycleStart(tx);
}
