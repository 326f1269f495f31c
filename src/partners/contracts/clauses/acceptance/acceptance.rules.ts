import { microsOfMinor } from '../../../../kernel/money.ts';
import { BPS } from '../../../../kernel/ratio.ts';
import type { ClauseOf } from '../../clause.ts';

type AcceptanceTerms = ClauseOf<'acceptance'>;

/** Who issued a point, as an acceptance clause asks. */
interface Issuer {
  readonly code: string;
  /** Whether it is the partner that accepts. */
  readonly isAcceptor: boolean;
}

/** Whether points of this issuer may be burned under the clause. */
export function isAccepted(terms: Pick<AcceptanceTerms, 'allowSelfRedemption' | 'excludedIssuers'>, issuer: Issuer): boolean {
  if (!terms.allowSelfRedemption && issuer.isAcceptor) return false;
  return !(terms.excludedIssuers ?? []).includes(issuer.code);
}

/** Whether the points pay for more of the order than the clause allows. Without the order's amount it cannot be told. */
export function passesTenderShare(
  terms: Pick<AcceptanceTerms, 'maxTenderShareBps'>,
  tenderMicros: bigint,
  orderMinor: bigint | undefined,
  currency: string,
): boolean {
  if (terms.maxTenderShareBps === undefined || orderMinor === undefined) return false;
  return tenderMicros * BPS > microsOfMinor(orderMinor, currency) * BigInt(terms.maxTenderShareBps);
}

/** What a member may still burn of the clause's points a day, after what was burned; undefined where the clause has no limit. */
export function leftToday(terms: Pick<AcceptanceTerms, 'perMemberDayPoints'>, used: bigint): bigint | undefined {
  if (terms.perMemberDayPoints === undefined) return undefined;
  return used > terms.perMemberDayPoints ? 0n : terms.perMemberDayPoints - used;
}
