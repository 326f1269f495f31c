import { isClockShifted, programNow } from '../../platform/clock.ts';
import { type Database, transact } from '../../platform/database.ts';
import { settleDueDisputes } from './settle-due-disputes.ts';

const ROUND = 100;

/** Accepts all disputes that the operator has left unanswered until now, where the policy says so. A clock that was set by hand accepts nothing. Answers how many. */
export async function acceptSilence(database: Database): Promise<number> {
  if (await isClockShifted(database)) return 0;
  const now = await programNow(database);
  for (let accepted = 0; ; ) {
    const round = await transact(database, (tx) => settleDueDisputes(tx, now, ROUND));
    if (round === 0) return accepted;
    accepted += round;
  }
}
