import { BPS, scaleFloor } from '../../../../kernel/ratio.ts';
import type { ClauseOf } from '../../clause.ts';

type ExchangeTerms = ClauseOf<'exchange'>;

/** Points received per point given, as an exact fraction. */
export interface Rate {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** The rate of a clause before its spread: as agreed, else mid, R(from) / R(to). */
export function rateOf(clause: Pick<ExchangeTerms, 'rate'>, fromMicros: bigint, toMicros: bigint): Rate {
  return clause.rate ?? { numerator: fromMicros, denominator: toMicros };
}

/**
 * The same at the redemption elements of both sides as they are; undefined while the clause is dormant: a side has no price, or there is no
 * mid because its points are worth nothing.
 */
export function rateIfAwake(clause: Pick<ExchangeTerms, 'rate'>, fromMicros?: bigint, toMicros?: bigint): Rate | undefined {
  if (fromMicros === undefined || toMicros === undefined) return undefined;
  if (clause.rate === undefined && (fromMicros === 0n || toMicros === 0n)) return undefined;
  return rateOf(clause, fromMicros, toMicros);
}

/** The rate that a member gets: less the spread. */
export function rateAfterSpread(rate: Rate, spreadBps: number): Rate {
  return { numerator: rate.numerator * (BPS - BigInt(spreadBps)), denominator: rate.denominator * BPS };
}

/** What a member receives for points given: (debited - fee) x rate x (1 - spread), one floor at the end; domain 3.10. */
export function creditedFor(clause: Pick<ExchangeTerms, 'feePoints' | 'spreadBps'>, rate: Rate, debited: bigint): bigint {
  const exchanged = debited - clause.feePoints;
  if (exchanged <= 0n) return 0n;
  const { numerator, denominator } = rateAfterSpread(rate, clause.spreadBps);
  return scaleFloor(exchanged, numerator, denominator);
}

/** Below zero when the first is the lower rate, above when the higher. */
export function compareRates(one: Rate, other: Rate): number {
  const difference = one.numerator * other.denominator - other.numerator * one.denominator;
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

/** The same rate with the smallest terms. */
export function lowestTerms({ numerator, denominator }: Rate): Rate {
  let [divisor, rest] = [numerator, denominator];
  while (rest !== 0n) [divisor, rest] = [rest, divisor % rest];
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}
