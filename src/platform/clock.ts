import type { Db, Tx } from './database.ts';
import { readState } from './state.ts';

/** The program's clock. */
export async function programNow(db: Db): Promise<Date> {
  return (await readState(db)).now;
}

/** Sets the program's clock; from here it runs on at normal pace, in every process. */
export async function shiftClock(tx: Tx, now: Date): Promise<void> {
  await tx.rows("update platform.state set clock_offset = $1::timestamptz - clock_timestamp(), revision = nextval('platform.revisions')", [
    now.toISOString(),
  ]);
}

/** Whether the program's clock was set by hand, and so differs from real time. */
export async function isClockShifted(db: Db): Promise<boolean> {
  const [row] = await db.rows<{ shifted: boolean }>("select clock_offset <> interval '0' as shifted from platform.state");
  return row?.shifted ?? false;
}
