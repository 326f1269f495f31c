import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { type ClauseOf, clausesOf } from '../../partners/contracts/clause.ts';
import { creditedFor, rateAfterSpread, rateIfAwake } from '../../partners/contracts/clauses/exchange/exchange.rules.ts';
import { lastClausesBy } from '../../partners/contracts/contract.rules.ts';
import { versionFor } from '../../partners/contracts/grants.rules.ts';
import type { PointCurrency } from '../../partners/currencies/point-currency.ts';
import { offererOf } from '../../partners/rates/exchange-offer.rules.ts';
import { type CurrencyPrice, priceOf } from '../../partners/rates/prices.rules.ts';
import { LARGEST_AMOUNT, LARGEST_MICROS } from '../accrual/accrual.rules.ts';
import type { ExchangeTerms } from './exchange.ts';

type ExchangeClause = ClauseOf<'exchange'>;

export interface Pair {
  readonly from: PointCurrency;
  readonly to: PointCurrency;
}

/** The two currencies of an exchange by their codes. `toField` is what the second is called in the input. */
export function pairOf(coalition: Coalition, from: string, to: string, toField = 'to'): Outcome<Pair> {
  const [source, destination] = [coalition.currencyOf(from), coalition.currencyOf(to)];
  if (source === undefined) return invalid('from', `There is no point currency ${from}.`);
  if (destination === undefined) return invalid(toField, `There is no point currency ${to}.`);
  return source.no === destination.no
    ? invalid(toField, 'An exchange is between two currencies.')
    : done({ from: source, to: destination });
}

export interface GrantedExchange {
  readonly clause: ExchangeClause;
  readonly terms: ExchangeTerms;
}

/** Points without a price are not exchanged yet. */
function pricedAt(coalition: Coalition, currency: PointCurrency, at: Date, field: string): Outcome<CurrencyPrice> {
  const price = priceOf(coalition, currency, at);
  return price === undefined
    ? refused('CONTRACT_NOT_ACTIVE', `No contract gives ${currency.code} a price yet.`, { field: [field] })
    : done(price);
}

/**
 * Whether points of one currency are exchanged for another at an instant, and on which terms: the clause stands in the contract of the
 * source, which must let points be spent; the destination's issuer comes to owe new points, so it must be able to issue them. A partner
 * that acts for a member must be an exchanger by its own contract.
 */
export function grantExchange(
  coalition: Coalition,
  { from, to }: Pair,
  exchangerId: string | undefined,
  at: Date,
): Outcome<GrantedExchange> {
  const own = exchangerId === undefined ? undefined : versionFor(coalition.contractAt(exchangerId, at), 'BURN', at);
  if (own !== undefined && 'refused' in own) return own;
  const source = pricedAt(coalition, from, at, 'from');
  if ('refused' in source) return source;
  const giving = versionFor(offererOf(coalition, from, to.code, at), 'BURN', at);
  if ('refused' in giving) return giving;
  const destination = pricedAt(coalition, to, at, 'to');
  if ('refused' in destination) return destination;
  const receiving = versionFor(destination.done.contract, 'EARN', at);
  if ('refused' in receiving) return receiving;
  if (own !== undefined && !clausesOf(own.done.clauses, 'scope').some(({ roles }) => roles.includes('EXCHANGER'))) {
    return refused('CLAUSE_NOT_GRANTED', 'The scope of the contract does not let this partner exchange points.');
  }
  const clause = clausesOf(giving.done.clauses, 'exchange').find((one) => one.from === from.code && one.to === to.code);
  if (clause === undefined) return refused('CLAUSE_NOT_GRANTED', `No contract lets ${from.code} be exchanged for ${to.code}.`);
  const [fromMicros, toMicros] = [source.done.terms.redemptionElementMicros, destination.done.terms.redemptionElementMicros];
  const rate = rateIfAwake(clause, fromMicros, toMicros);
  if (rate === undefined)
    return refused('CONTRACT_NOT_ACTIVE', `There is no rate between ${from.code} and ${to.code}: points of one are worth nothing.`);
  return done({
    clause,
    terms: {
      rate,
      spreadBps: clause.spreadBps,
      feePoints: clause.feePoints,
      fromMicros,
      fromIssuer: source.done.contract.partnerId,
      toMicros,
      toIssuer: destination.done.contract.partnerId,
    },
  });
}

const ceilDiv = (dividend: bigint, divisor: bigint): bigint => (dividend + divisor - 1n) / divisor;

/**
 * Refuses points that are no multiple of what the clause says. That is a matter of form, so it is said before anything else: whether
 * there may be an exchange now is not asked.
 */
export function checkIncrement(coalition: Coalition, { from, to }: Pair, points: bigint, at: Date): Outcome<bigint> {
  const offered = lastClausesBy(offererOf(coalition, from, to.code, at), 'exchange', at);
  const increment = offered.find((one) => one.from === from.code && one.to === to.code)?.increment;
  if (increment === undefined || points % increment === 0n) return done(points);
  return refused('VALIDATION', `Points are given in multiples of ${increment}.`, {
    field: ['points'],
    details: { increment: Number(increment) },
  });
}

/** The fewest points that can be given to receive `wanted` or more; undefined when no number of points is enough. */
export function debitFor(
  terms: Pick<ExchangeTerms, 'rate' | 'spreadBps' | 'feePoints'>,
  { minPoints = 0n, increment = 1n }: Pick<ExchangeClause, 'minPoints' | 'increment'>,
  wanted: bigint,
): bigint | undefined {
  const { numerator, denominator } = rateAfterSpread(terms.rate, terms.spreadBps);
  if (numerator === 0n) return undefined;
  const enough = terms.feePoints + ceilDiv(wanted * denominator, numerator);
  return ceilDiv(enough > minPoints ? enough : minPoints, increment) * increment;
}

/** What a member receives for points given, when the clause allows so many at once. */
export function creditFor({ clause, terms }: GrantedExchange, debited: bigint): Outcome<bigint> {
  const credited = creditedFor(terms, terms.rate, debited);
  if (credited === 0n || debited < (clause.minPoints ?? 0n)) {
    const minimum = debitFor(terms, clause, 1n);
    return refused(
      'BELOW_MINIMUM',
      minimum === undefined ? 'Nothing is received for these points.' : `At least ${minimum} points are given.`,
      {
        field: ['points'],
        ...(minimum === undefined ? {} : { details: { minimum: Number(minimum) } }),
      },
    );
  }
  return fitsTheBook(debited, debited * terms.fromMicros) && fitsTheBook(credited, credited * terms.toMicros)
    ? done(credited)
    : invalid('points', `For these, ${credited} points would be received, more than one exchange can be.`);
}

/** Whether the ledger can hold one side of an exchange and what it is worth. */
function fitsTheBook(points: bigint, micros: bigint): boolean {
  return points <= LARGEST_AMOUNT && micros <= LARGEST_MICROS;
}
