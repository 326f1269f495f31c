import { microsPerMinor } from '../../../../kernel/money.ts';
import { BPS, divideHalfAwayFromZero } from '../../../../kernel/ratio.ts';
import { splitLargestRemainder } from '../../../../kernel/split.ts';
import type { ClauseOf } from '../../clause.ts';

/** What a share for one payee is a share of, in micros. */
export interface ShareBase {
  readonly payee: string;
  readonly micros: bigint;
}

type Terms = Pick<ClauseOf<'revenueShare'>, 'bps' | 'cap' | 'floor'>;

/** Exact amounts by payee, in micros times 10,000: a share in basis points need not be whole micros. */
export type ExactShares = ReadonlyMap<string, bigint>;

/** An exact share in minor units, halves away from zero. */
export function shareMinor(exact: bigint, currency: string): bigint {
  return divideHalfAwayFromZero(exact, microsPerMinor(currency) * BPS);
}

/**
 * What the clause gives each payee of a clearing cycle. Cap and floor hold for all payees together; where one binds, it is divided by what
 * each would have had. A floor that nobody has a base for goes to `otherwise`.
 */
export function revenueShares({ bps, cap, floor }: Terms, bases: readonly ShareBase[], currency: string, otherwise: string): ExactShares {
  const exact = new Map<string, bigint>();
  for (const { payee, micros } of bases) exact.set(payee, (exact.get(payee) ?? 0n) + micros * BigInt(bps));
  const rounded = [...exact.values()].reduce((sum, share) => sum + shareMinor(share, currency), 0n);
  if (cap !== undefined && rounded > cap.minor) return divided(cap.minor, exact, currency, otherwise);
  if (floor !== undefined && rounded < floor.minor) return divided(floor.minor, exact, currency, otherwise);
  return exact;
}

function divided(minor: bigint, exact: ExactShares, currency: string, otherwise: string): ExactShares {
  const positive = [...exact].filter(([, share]) => share > 0n).map(([name, weight]) => ({ name, weight }));
  const parts = splitLargestRemainder(minor, positive.length === 0 ? [{ name: otherwise, weight: 1n }] : positive);
  return new Map([...parts].map(([payee, part]) => [payee, part * microsPerMinor(currency) * BPS]));
}
