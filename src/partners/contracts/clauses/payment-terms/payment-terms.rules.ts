import { type Day, daysAfter, daysBetween } from '../../../../kernel/instant.ts';
import { bpsOf } from '../../../../kernel/ratio.ts';
import type { ClauseOf } from '../../clause.ts';

/** The last day on which a statement is paid in time. */
export function dueDate({ netDays }: Pick<ClauseOf<'paymentTerms'>, 'netDays'>, issuedOn: Day): Day {
  return daysAfter(issuedOn, netDays);
}

/** Simple interest on an amount in minor units for every day that it is paid late, rounded once. */
export function lateInterestMinor(
  { lateInterestBpsPerDay }: Pick<ClauseOf<'paymentTerms'>, 'lateInterestBpsPerDay'>,
  minor: bigint,
  dueOn: Day,
  paidOn: Day,
): bigint {
  const days = Math.max(0, daysBetween(dueOn, paidOn));
  return bpsOf(minor, lateInterestBpsPerDay * days);
}
