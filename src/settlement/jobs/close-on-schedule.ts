import { DateTime } from 'luxon';
import { coalitionNow } from '../../partners/coalition.ts';
import { isClockShifted } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { attemptOf } from '../../platform/idempotency.ts';
import { closeCycle } from '../cycles/close-cycle.ts';
import { readOpenCycle } from '../cycles/cycles.queries.ts';

/**
 * Closes the open cycle because its time has come: at its planned cutoff when that has passed, else as of the minute. A clock that was set by
 * hand closes nothing. Answers whether a cycle was closed.
 */
export async function closeOnSchedule(database: Database): Promise<boolean> {
  if (await isClockShifted(database)) return false;
  const [{ now }, [cycle]] = [await coalitionNow(database), await readOpenCycle(database, ['open'])];
  if (cycle === undefined) return false;
  const cutoff = cycle.cutoff <= now ? cycle.cutoff : DateTime.fromJSDate(now).startOf('minute').toJSDate();
  if (cutoff <= cycle.startsAt) return false;
  const key = `cycle-${cycle.no}-${cutoff.toISOString()}`;
  const outcome = await closeCycle(database, attemptOf('schedule', 'closeCycle', { idempotencyKey: key }), cutoff);
  // Somebody else was first: it is closed all the same.
  if ('refused' in outcome && outcome.refused.code !== 'CYCLE_CLOSED') throw new Error(outcome.refused.message);
  return 'done' in outcome;
}
