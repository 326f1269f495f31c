import { dayOf, startOfDay } from '../../kernel/instant.ts';
import { done, type Outcome } from '../../kernel/refusal.ts';
import type { ClauseOf } from '../../partners/contracts/clause.ts';
import type { Db, Tx } from '../../platform/database.ts';
import { type CurrencyPair, checkCap } from './caps.rules.ts';
import { readGiven } from './exchange.queries.ts';
import { grantUsage, readUsage } from './usage.queries.ts';

export interface WantedExchange extends CurrencyPair {
  readonly clause: ClauseOf<'exchange'>;
  readonly memberId: string;
  readonly debited: bigint;
  readonly now: Date;
  readonly timeZone: string;
}

/**
 * The caps of an exchange clause that are a member's own: for one exchange, for its day, month and year of program time. Under the lock of the
 * wallet they are exact.
 */
export async function checkMembersCaps(db: Db, wanted: WantedExchange): Promise<Outcome<true>> {
  const { clause, debited } = wanted;
  const given = await givenBy(db, wanted);
  for (const capped of [
    { cap: clause.maxPerTxPoints, used: 0n, debited, scope: 'at once' },
    { cap: clause.perMemberDayPoints, used: given.day, debited, scope: 'by a member in a day' },
    { cap: clause.perMemberMonthPoints, used: given.month, debited, scope: 'by a member in a month' },
    { cap: clause.perMemberYearPoints, used: given.year, debited, scope: 'by a member in a year' },
  ] as const) {
    const checked = checkCap(capped);
    if ('refused' in checked) return checked;
  }
  return done(true);
}

/** What a member has given of the pair. Nothing is asked where no cap is about it. */
async function givenBy(db: Db, { clause, memberId, fromNo, toNo, now, timeZone }: WantedExchange) {
  const { perMemberDayPoints, perMemberMonthPoints, perMemberYearPoints } = clause;
  const day = dayOf(now, timeZone);
  const since = {
    memberId,
    fromNo,
    toNo,
    day: startOfDay(day, timeZone),
    month: startOfDay(`${day.slice(0, 7)}-01`, timeZone),
    year: startOfDay(`${day.slice(0, 4)}-01-01`, timeZone),
  };
  const isCounted = [perMemberDayPoints, perMemberMonthPoints, perMemberYearPoints].some((cap) => cap !== undefined);
  const [given] = await readGiven(db, isCounted ? [since] : []);
  return given ?? { day: 0n, month: 0n, year: 0n };
}

/** Whether the cap of the cycle lets points be exchanged as things are now. It promises nothing. */
export async function checkCyclesCap(db: Db, { clause, fromNo, toNo, debited }: WantedExchange): Promise<Outcome<bigint>> {
  const cap = clause.capPerCycle;
  const [used = 0n] = await readUsage(db, cap === undefined ? [] : [{ fromNo, toNo }]);
  return checkCap({ cap, used, debited, scope: 'by all members in a clearing cycle' });
}

/** What was decided with the cycle in which it counts, unless the cap of all members in the cycle stands against it, which is said first. */
export async function countInCycle<T>(
  tx: Tx,
  { clause, fromNo, toNo, debited }: WantedExchange,
  decided: Outcome<T>,
): Promise<Outcome<T & { readonly cycle: number }>> {
  const [granted] = await grantUsage(tx, [{ fromNo, toNo, debited, cap: clause.capPerCycle, counts: 'done' in decided }]);
  if (granted === undefined) throw new Error('the cycle was not asked for');
  if ('refused' in granted) return granted;
  return 'refused' in decided ? decided : done({ ...decided.done, cycle: granted.done });
}
