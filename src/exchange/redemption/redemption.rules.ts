import { microsOfMinor } from '../../kernel/money.ts';
import { BPS } from '../../kernel/ratio.ts';
import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import type { Lot } from '../../ledger/lots.ts';
import type { BurnedLot } from '../../ledger/postings/redemption.ts';
import type { Channel } from '../../partners/channel.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { type ClauseOf, clausesOf } from '../../partners/contracts/clause.ts';
import { lastClausesBy } from '../../partners/contracts/contract.rules.ts';
import { versionFor } from '../../partners/contracts/grants.rules.ts';
import type { PointCurrency } from '../../partners/currencies/point-currency.ts';
import { isName } from '../accrual/accrual.rules.ts';
import type { RedemptionAllocation } from './redemption.ts';

/** The longest a hold may last: 30 days. */
const LONGEST_HOLD_SECONDS = 30 * 24 * 60 * 60;

/** Days that refunded points stay valid when their lot has expired in the meantime: domain 4.4. */
export const REFUND_GRACE_DAYS = 30;

const LARGEST_HOLD = 1_000_000_000_000n;

export interface HoldRequest {
  readonly points: bigint;
  readonly orderExternalId: string;
  readonly holdSeconds: number;
  readonly channel: Channel;
}

/** Checks the form of a hold. */
export function checkHold(hold: HoldRequest): Outcome<HoldRequest> {
  if (hold.points < 1n || hold.points > LARGEST_HOLD) return invalid('points', `Points are between 1 and ${LARGEST_HOLD}.`);
  if (!isName(hold.orderExternalId)) return invalid('orderExternalId', 'An external id has 1 to 200 characters.');
  if (hold.holdSeconds < 1 || hold.holdSeconds > LONGEST_HOLD_SECONDS)
    return invalid('holdSeconds', `A hold lasts between 1 and ${LONGEST_HOLD_SECONDS} seconds.`);
  return done(hold);
}

/** The acceptance clause that lets a partner burn points of a currency now, when scope and contract allow it. */
export function acceptanceFor(
  coalition: Coalition,
  partnerId: string,
  currency: PointCurrency,
  channel: Channel,
  at: Date,
): Outcome<ClauseOf<'acceptance'>> {
  const version = versionFor(coalition.contractOf(partnerId), 'BURN', at);
  if ('refused' in version) return version;
  const [scope] = clausesOf(version.done.clauses, 'scope');
  if (scope === undefined || !(scope.roles.includes('ACCEPTOR') || scope.roles.includes('CHARITY'))) {
    return refused('CLAUSE_NOT_GRANTED', 'The scope of the contract does not let this partner accept points.');
  }
  if (scope.channels !== undefined && !scope.channels.includes(channel)) {
    return refused('CLAUSE_NOT_GRANTED', `The scope of the contract does not cover the channel ${channel}.`, { field: ['channel'] });
  }
  const acceptance = clausesOf(version.done.clauses, 'acceptance').find((clause) => clause.currencies.includes(currency.code));
  return acceptance === undefined
    ? refused('CLAUSE_NOT_GRANTED', `The contract has no acceptance clause for ${currency.code}.`, { field: ['currency'] })
    : done(acceptance);
}

/** Whether points of this issuer may be burned under the clause. */
export function isAccepted(coalition: Coalition, acceptance: ClauseOf<'acceptance'>, partnerId: string, lot: Lot): boolean {
  if (!acceptance.allowSelfRedemption && lot.issuer === partnerId) return false;
  return !(acceptance.excludedIssuers ?? []).includes(coalition.partnerById(lot.issuer).code);
}

/** The redemption element of a lot's points at an instant: its issuer's price then, also after the contract's end; else the price at which they were issued. */
export function redemptionElement(
  coalition: Coalition,
  currency: PointCurrency,
  lot: Pick<Lot, 'issuer' | 'redemptionMicros'>,
  at: Date,
): bigint {
  const issued = lastClausesBy(coalition.contractOf(lot.issuer), 'issuance', at);
  const issuance = issued.find((clause) => clause.currency === currency.code);
  return issuance?.redemptionElementMicros ?? lot.redemptionMicros;
}

/** What the prices are at which points of a lot are burned at an instant. The acceptor gets the clause's rate, by default the redemption element. */
export function pricesOf(
  coalition: Coalition,
  currency: PointCurrency,
  acceptance: ClauseOf<'acceptance'> | undefined,
  lot: Pick<Lot, 'issuer' | 'redemptionMicros' | 'fundedMicros'>,
  at: Date,
): Pick<BurnedLot, 'redemptionMicros' | 'fundedMicros' | 'reimbursementMicros'> {
  const redemptionMicros = redemptionElement(coalition, currency, lot, at);
  return { redemptionMicros, fundedMicros: lot.fundedMicros, reimbursementMicros: acceptance?.reimbursementMicros ?? redemptionMicros };
}

/** Σ points × reimbursement rate, in micros. */
export function reimbursementOf(lots: readonly Pick<RedemptionAllocation, 'points' | 'reimbursementMicros'>[]): bigint {
  return lots.reduce((sum, lot) => sum + lot.points * lot.reimbursementMicros, 0n);
}

/** Whether the points pay for more of the order than the clause allows. Without the order's amount it cannot be told. */
export function passesTenderShare(
  acceptance: ClauseOf<'acceptance'>,
  tenderMicros: bigint,
  orderMinor: bigint | undefined,
  currency: string,
): boolean {
  if (acceptance.maxTenderShareBps === undefined || orderMinor === undefined) return false;
  return tenderMicros * BPS > microsOfMinor(orderMinor, currency) * BigInt(acceptance.maxTenderShareBps);
}
