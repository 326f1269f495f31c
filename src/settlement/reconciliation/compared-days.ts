import { dayOf, daysAfter, startOfDay } from '../../kernel/instant.ts';
import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import type { Db } from '../../platform/database.ts';
import { readCycles } from '../cycles/cycles.queries.ts';

/** The time that is compared: half-open, with its first and last day. */
export interface ComparedDays {
  readonly cycleNo: number | null;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

/** What a caller names: a cycle, open or closed, or days. */
export interface AskedDays {
  readonly cycleId?: string | undefined;
  readonly from?: string | undefined;
  /** The last day. */
  readonly until?: string | undefined;
}

/** The days that rows may have. */
const [EARLIEST, LATEST] = ['1900-01-01', '2999-12-31'];

/** The days of a cycle by its stored id, or those that are named. */
export async function comparedDays(db: Db, { cycleId, from, until }: AskedDays, timeZone: string): Promise<Outcome<ComparedDays>> {
  if (cycleId !== undefined) {
    if (from !== undefined || until !== undefined) return invalid('cycleId', 'Give a cycle, or from and until; not both.');
    const [cycle] = await readCycles(db, [cycleId]);
    if (cycle === undefined) return invalid('cycleId', 'There is no such clearing cycle.');
    return done({ cycleNo: cycle.no, startsAt: cycle.startsAt, endsAt: cycle.cutoff });
  }
  if (from === undefined || until === undefined) return invalid('from', 'Give a cycle, or from and until.');
  if (from < EARLIEST) return invalid('from', `The first day is ${EARLIEST} or later.`);
  if (until > LATEST) return invalid('until', `The last day is ${LATEST} or earlier.`);
  if (from > until) return invalid('until', 'The last day is not before the first.');
  return done({ cycleNo: null, startsAt: startOfDay(from, timeZone), endsAt: startOfDay(daysAfter(until, 1), timeZone) });
}

/** The first and the last day of a time. */
export function daysOf({ startsAt, endsAt }: ComparedDays, timeZone: string): { from: string; to: string } {
  return { from: dayOf(startsAt, timeZone), to: dayOf(new Date(endsAt.getTime() - 1), timeZone) };
}
