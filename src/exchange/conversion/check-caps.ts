import { dayOf, startOfDay } from '../../kernel/instant.ts';
import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import type { ClauseOf } from '../../partners/contracts/clause.ts';
import type { Db } from '../../platform/database.ts';
import { type CycleUsage, readGiven } from './exchange.queries.ts';

interface WantedExchange {
  readonly clause: ClauseOf<'exchange'>;
  readonly memberId: string;
  readonly fromNo: number;
  readonly toNo: number;
  readonly debited: bigint;
  readonly now: Date;
  readonly timeZone: string;
}

/**
 * The caps of an exchange clause: for one exchange, for a member's day, month and year of program time, for all members in the open
 * cycle. Under the lock of the wallet they are exact; `usage` is what counts for the cycle.
 */
export async function checkCaps(db: Db, wanted: WantedExchange, usage: () => Promise<CycleUsage>): Promise<Outcome<CycleUsage>> {
  const { clause, now, timeZone } = wanted;
  const day = dayOf(now, timeZone);
  const given = await readGiven(db, wanted, {
    day: startOfDay(day, timeZone),
    month: startOfDay(`${day.slice(0, 7)}-01`, timeZone),
    year: startOfDay(`${day.slice(0, 4)}-01-01`, timeZone),
  });
  const inCycle = await usage();
  const caps: readonly (readonly [cap: bigint | undefined, used: bigint, scope: string])[] = [
    [clause.maxPerTxPoints, 0n, 'at once'],
    [clause.perMemberDayPoints, given.day, 'by a member in a day'],
    [clause.perMemberMonthPoints, given.month, 'by a member in a month'],
    [clause.perMemberYearPoints, given.year, 'by a member in a year'],
    [clause.capPerCycle, inCycle.used, 'by all members in a clearing cycle'],
  ];
  for (const [cap, used, scope] of caps) {
    if (cap === undefined || used + wanted.debited <= cap) continue;
    const remaining = cap > used ? cap - used : 0n;
    return refused('CAP_EXCEEDED', `At most ${cap} points are exchanged ${scope}; ${remaining} are left.`, {
      details: { limit: Number(cap), remaining: Number(remaining) },
    });
  }
  return done(inCycle);
}
