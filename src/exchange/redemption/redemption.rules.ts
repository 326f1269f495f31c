import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import type { Lot } from '../../ledger/lots.ts';
import type { BurnedLot } from '../../ledger/postings/redemption.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { type ClauseOf, clausesOf } from '../../partners/contracts/clause.ts';
import { checkScope, type Place } from '../../partners/contracts/clauses/scope/scope.rules.ts';
import { lastClausesBy } from '../../partners/contracts/contract.rules.ts';
import { versionFor } from '../../partners/contracts/grants.rules.ts';
import type { PointCurrency } from '../../partners/currencies/point-currency.ts';
import type { PartnerRole } from '../../partners/partner-role.ts';
import { isName, LARGEST_MICROS } from '../accrual/accrual.rules.ts';
import type { Redemption, RedemptionAllocation } from './redemption.ts';

/** The longest a hold may last: 30 days. */
const LONGEST_HOLD_SECONDS = 30 * 24 * 60 * 60;

/** Days that refunded points stay valid when their lot has expired in the meantime: domain 4.4. */
export const REFUND_GRACE_DAYS = 30;

const LARGEST_HOLD = 1_000_000_000_000n;

export interface HoldRequest extends Place {
  readonly points: bigint;
  readonly orderExternalId: string;
  readonly holdSeconds: number;
}

/** A number of points that can be burned or given at once. */
export function checkPoints(points: bigint): Outcome<bigint> {
  return points < 1n || points > LARGEST_HOLD ? invalid('points', `Points are between 1 and ${LARGEST_HOLD}.`) : done(points);
}

/** Whether points were burned at once, as for a donation or a reward: a hold would have lasted a second at least. */
export const wasPaidAtOnce = ({ createdAt, expiresAt }: Pick<Redemption, 'createdAt' | 'expiresAt'>): boolean => expiresAt <= createdAt;

/** Checks the form of a hold. */
export function checkHold(hold: HoldRequest): Outcome<HoldRequest> {
  const points = checkPoints(hold.points);
  if ('refused' in points) return points;
  if (hold.locationId !== undefined && !isName(hold.locationId)) return invalid('locationId', 'A location has 1 to 200 characters.');
  if (!isName(hold.orderExternalId)) return invalid('orderExternalId', 'An external id has 1 to 200 characters.');
  if (hold.holdSeconds < 1 || hold.holdSeconds > LONGEST_HOLD_SECONDS)
    return invalid('holdSeconds', `A hold lasts between 1 and ${LONGEST_HOLD_SECONDS} seconds.`);
  return done(hold);
}

/** Roles in which a partner takes points. */
const TAKING: readonly PartnerRole[] = ['ACCEPTOR', 'CHARITY'];

/** The acceptance clause that lets a partner burn points of a currency now, when scope and contract allow it. */
export function acceptanceFor(
  coalition: Coalition,
  partnerId: string,
  currency: PointCurrency,
  place: Place,
  at: Date,
  roles: readonly PartnerRole[] = TAKING,
): Outcome<ClauseOf<'acceptance'>> {
  const version = versionFor(coalition.contractAt(partnerId, at), 'BURN', at);
  if ('refused' in version) return version;
  const { clauses } = version.done;
  const scope = checkScope(clausesOf(clauses, 'scope')[0], roles, place, roles === TAKING ? 'accept points' : 'take donations');
  if ('refused' in scope) return scope;
  const acceptance = clausesOf(clauses, 'acceptance').find((clause) => clause.currencies.includes(currency.code));
  return acceptance === undefined
    ? refused('CLAUSE_NOT_GRANTED', `The contract has no acceptance clause for ${currency.code}.`, { field: ['currency'] })
    : done(acceptance);
}

/** The redemption element of a lot's points at an instant: its issuer's price then, also after the contract's end; else the price at which they were issued. */
export function redemptionElement(
  coalition: Coalition,
  currency: PointCurrency,
  lot: Pick<Lot, 'issuer' | 'redemptionMicros'>,
  at: Date,
): bigint {
  const issued = lastClausesBy(coalition.contractAt(lot.issuer, at), 'issuance', at);
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

/** Whether the ledger can hold what points are worth as they are burned: a price may have been raised out of all proportion since they were held. */
export function checkWorth<Part extends BurnedLot>(parts: readonly Part[]): Outcome<Part[]> {
  const worth = (micros: (part: Part) => bigint) => parts.reduce((sum, part) => sum + part.points * micros(part), 0n);
  const largest = [
    worth(({ redemptionMicros }) => redemptionMicros),
    worth(({ reimbursementMicros }) => reimbursementMicros),
    worth(({ fundedMicros }) => fundedMicros),
  ];
  return largest.some((micros) => micros > LARGEST_MICROS)
    ? invalid('points', 'At the prices of now these points are worth more than one redemption can be.')
    : done([...parts]);
}

/** Σ points × reimbursement rate, in micros. */
export function reimbursementOf(lots: readonly Pick<RedemptionAllocation, 'points' | 'reimbursementMicros'>[]): bigint {
  return lots.reduce((sum, lot) => sum + lot.points * lot.reimbursementMicros, 0n);
}
