import { calendarDate, plusMonths } from '../../kernel/instant.ts';
import type { Amount } from '../../kernel/money.ts';
import { scaleFloor } from '../../kernel/ratio.ts';
import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import type { Channel } from '../../partners/channel.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { type ClauseOf, clausesOf } from '../../partners/contracts/clause.ts';
import { pointPriceMicros } from '../../partners/contracts/clauses/issuance/issuance.rules.ts';
import { promotionFor } from '../../partners/contracts/clauses/joint-promotion/joint-promotion.rules.ts';
import { checkScope } from '../../partners/contracts/clauses/scope/scope.rules.ts';
import { versionFor } from '../../partners/contracts/grants.rules.ts';
import type { PointCurrency } from '../../partners/currencies/point-currency.ts';
import { priceOf } from '../../partners/rates/prices.rules.ts';
import type { Accrual } from './accrual.ts';

/** What a partner says of a purchase or a direct award of points. */
export interface AccrualClaim {
  readonly externalId: string;
  readonly occurredAt: Date;
  readonly channel: Channel;
  readonly locationId?: string | undefined;
  readonly amount?: Amount | undefined;
  readonly points?: bigint | undefined;
  readonly currency?: string | undefined;
  readonly items?:
    | readonly { readonly sku: string; readonly category?: string | undefined; readonly quantity: number; readonly amount: Amount }[]
    | undefined;
  readonly promotion?: string | undefined;
  readonly confirm: 'AUTO' | 'MANUAL';
}

/** Points and minor units above this are refused. */
export const LARGEST_AMOUNT = 1_000_000_000_000n;

/** So many micros of money one accrual moves at most: the ledger adds up tens of them without overflowing. */
export const LARGEST_MICROS = 100_000_000_000_000_000n;

/** 1 to 200 characters that PostgreSQL keeps as they are: no control characters, no halves of surrogate pairs. */
export const isName = (text: string): boolean => /^[^\p{Cc}\p{Cs}]{1,200}$/u.test(text);

function checkMoney(money: Amount, settlementCurrency: string, field: string): Outcome<Amount> {
  if (money.currency !== settlementCurrency)
    return invalid(`${field}.currency`, `Amounts are in ${settlementCurrency}, the settlement currency of the program.`);
  if (money.minor < 0n || money.minor > LARGEST_AMOUNT)
    return invalid(`${field}.minor`, `An amount is between 0 and ${LARGEST_AMOUNT} minor units.`);
  return done(money);
}

/** Checks the form of a claim, without looking anything up but the clock and the program's currency. */
export function checkClaim(claim: AccrualClaim, settlementCurrency: string, now: Date): Outcome<AccrualClaim> {
  if (!isName(claim.externalId)) return invalid('externalId', 'An external id has 1 to 200 characters.');
  if (claim.locationId !== undefined && !isName(claim.locationId)) return invalid('locationId', 'A location has 1 to 200 characters.');
  if (claim.promotion !== undefined && !isName(claim.promotion)) return invalid('promotion', 'A promotion has 1 to 200 characters.');
  if (claim.occurredAt > now)
    return invalid('occurredAt', `A purchase cannot occur later than the program's clock, which shows ${now.toISOString()}.`);
  if (claim.points !== undefined && (claim.points < 1n || claim.points > LARGEST_AMOUNT))
    return invalid('points', `Points are between 1 and ${LARGEST_AMOUNT}.`);
  if (claim.points === undefined && claim.amount === undefined && claim.items === undefined)
    return invalid('amount', 'Give the amount spent, the items, or the points.');
  if (claim.amount !== undefined) {
    const amount = checkMoney(claim.amount, settlementCurrency, 'amount');
    if ('refused' in amount) return amount;
  }
  for (const [at, item] of (claim.items ?? []).entries()) {
    const amount = checkMoney(item.amount, settlementCurrency, `items.${at}.amount`);
    if ('refused' in amount) return amount;
    if (item.quantity < 1) return invalid(`items.${at}.quantity`, 'A quantity is at least 1.');
  }
  if (amountOf(claim) > LARGEST_AMOUNT) return invalid('items', `The items of a purchase cost ${LARGEST_AMOUNT} minor units at most.`);
  return done(claim);
}

/** The amount a claim is about: as given, else the sum of its items. */
export function amountOf(claim: Pick<AccrualClaim, 'amount' | 'items'>): bigint {
  return claim.amount?.minor ?? (claim.items ?? []).reduce((sum, item) => sum + item.amount.minor, 0n);
}

/** Whether the ledger can hold what was earned, at its price. */
export function checkSize(points: bigint, terms: ClauseOf<'issuance'>): Outcome<bigint> {
  return points > LARGEST_AMOUNT || points * pointPriceMicros(terms) > LARGEST_MICROS
    ? invalid('amount', `This would earn ${points} points, more than one accrual can be.`)
    : done(points);
}

/** The currency named, else the partner's own, else the only one its contract lets it issue. */
export function currencyOf(coalition: Coalition, partnerId: string, code: string | undefined, at: Date): Outcome<PointCurrency> {
  if (code !== undefined) {
    const named = coalition.currencyOf(code);
    return named === undefined ? invalid('currency', `There is no point currency ${code}.`) : done(named);
  }
  const own = coalition.currencies.filter((c) => c.issuerId === partnerId);
  if (own.length === 1 && own[0] !== undefined) return done(own[0]);
  const version = versionFor(coalition.contractAt(partnerId, at), 'EARN', at);
  if ('refused' in version) return version;
  const issued = clausesOf(version.done.clauses, 'issuance');
  const only = issued.length === 1 && issued[0] !== undefined ? coalition.currencyOf(issued[0].currency) : undefined;
  if (only !== undefined) return done(only);
  return invalid(
    'currency',
    own.length + issued.length === 0
      ? 'The partner has no point currency of its own: name one.'
      : 'The partner has several point currencies: name one.',
  );
}

/** What a partner's contract says of an accrual: what a point costs, and, when it names one, the joint promotion that pays. */
export interface EarningTerms {
  readonly terms: ClauseOf<'issuance'>;
  readonly promotion: ClauseOf<'jointPromotion'> | undefined;
}

/** By which clauses a partner earns points of a currency at an instant, when scope and contract allow it. */
export function earningFor(coalition: Coalition, partnerId: string, currency: PointCurrency, claim: AccrualClaim): Outcome<EarningTerms> {
  const version = versionFor(coalition.contractAt(partnerId, claim.occurredAt), 'EARN', claim.occurredAt);
  if ('refused' in version) return version;
  const clauses = version.done.clauses;
  const scope = checkScope(clausesOf(clauses, 'scope')[0], ['ISSUER'], claim, 'issue points');
  if ('refused' in scope) return scope;
  if (!scope.done.directIssuance && claim.points !== undefined) {
    return refused('CLAUSE_NOT_GRANTED', 'The scope of the contract does not allow points to be issued directly: give the amount.', {
      field: ['points'],
    });
  }
  const issuance = clausesOf(clauses, 'issuance').find((clause) => clause.currency === currency.code);
  if (claim.promotion === undefined) {
    return issuance === undefined
      ? refused('CLAUSE_NOT_GRANTED', `The contract has no issuance clause for ${currency.code}.`, { field: ['currency'] })
      : done({ terms: issuance, promotion: undefined });
  }
  const promotion = promotionFor(coalition, partnerId, claim.promotion, claim.occurredAt);
  if ('refused' in promotion) return promotion;
  // Whoever gives the points of a promotion needs no right to issue them at its own cost. They are owed by whose currency it is, at that
  // one's price; of a currency of the coalition, by the giver.
  const priced = priceOf(coalition, currency, claim.occurredAt)?.terms;
  const terms = currency.issuerId === undefined ? (issuance ?? priced) : priced;
  return terms === undefined
    ? refused('CLAUSE_NOT_GRANTED', `Nobody has agreed to a price of ${currency.code}.`, { field: ['currency'] })
    : done({ terms, promotion: promotion.done });
}

/** When points earned at an instant end. */
export function expiryOf(currency: PointCurrency, earnedAt: Date, timeZone: string): Date | undefined {
  const policy = currency.expiry;
  switch (policy.kind) {
    case 'NEVER':
      return undefined;
    case 'ROLLING':
    case 'SLIDING':
      return plusMonths(earnedAt, policy.months, timeZone);
    case 'CALENDAR':
      return calendarDate(earnedAt, policy.month, policy.day, policy.yearsAfterEarning, timeZone);
  }
}

/** Checks the form of a return. */
export function checkReturn(
  {
    returnedAmount,
    points,
    externalId,
  }: { readonly returnedAmount: Amount | undefined; readonly points: bigint | undefined; readonly externalId: string | undefined },
  settlementCurrency: string,
): Outcome<true> {
  if (externalId !== undefined && !isName(externalId)) return invalid('externalId', 'An external id has 1 to 200 characters.');
  if (returnedAmount !== undefined && points !== undefined) return invalid('points', 'Give the amount returned or the points, not both.');
  if (points !== undefined && points < 1n) return invalid('points', 'At least one point is reversed.');
  if (returnedAmount === undefined) return done(true);
  if (returnedAmount.currency !== settlementCurrency) return invalid('returnedAmount.currency', `Amounts are in ${settlementCurrency}.`);
  if (returnedAmount.minor < 1n) return invalid('returnedAmount', 'The amount returned is at least one minor unit.');
  return done(true);
}

/**
 * How many points a return takes back: in proportion to the amount returned, floored, the last return taking the remainder (domain 4.3);
 * or the points named; or, with neither, all that is left.
 */
export function pointsToReverse(
  accrual: Pick<Accrual, 'points' | 'reversedPoints' | 'amountMinor' | 'returnedMinor'>,
  returned: { readonly minor?: bigint | undefined; readonly points?: bigint | undefined },
): Outcome<bigint> {
  const left = accrual.points - accrual.reversedPoints;
  if (returned.points !== undefined) return returned.points > left ? exceeds(left) : done(returned.points);
  if (returned.minor === undefined) return left === 0n && accrual.points > 0n ? exceeds(0n) : done(left);
  if (accrual.amountMinor === undefined || accrual.amountMinor === 0n)
    return invalid('returnedAmount', 'The accrual has no amount: name the points.');
  const returnedMinor = accrual.returnedMinor + returned.minor;
  if (returnedMinor > accrual.amountMinor) return exceeds(left);
  const proportional = returnedMinor === accrual.amountMinor ? left : scaleFloor(accrual.points, returned.minor, accrual.amountMinor);
  return done(proportional < left ? proportional : left);
}

function exceeds(left: bigint) {
  return refused('REVERSAL_EXCEEDS_ORIGINAL', `Only ${left} points of the accrual are left to reverse.`, {
    details: { remaining: Number(left) },
  });
}
