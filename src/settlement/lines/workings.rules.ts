import type { Canonical } from '../../kernel/canonical-json.ts';
import type { Share as Weight } from '../../kernel/split.ts';
import type { Share } from './cycle-line.ts';

/** How a figure came about, for whoever recomputes it: docs/proof.md says what each kind means. Every number is a text. */
export type Workings = { readonly kind: string } & Readonly<Record<string, Canonical>>;

const shareOf = ({ micros, minor }: Share) => ({ micros: String(micros), minor: String(minor) });

/** The sum of the entries behind it, rounded. */
export const summed: Workings = { kind: 'SUM' };

/** A given amount that was rounded before. */
export const given: Workings = { kind: 'AMOUNT' };

/** Basis points of parts of a rounded sum of entries, each as the contract said when it occurred. */
export function inBasisPoints(parts: readonly { share: Share; bps: number }[]): Workings {
  return { kind: 'BPS', parts: parts.map(({ share, bps }) => ({ ...shareOf(share), bps: String(bps) })) };
}

/** A rounded part of an amount and the weights by which it is divided. */
export interface DividedPart {
  readonly share: Share;
  readonly weights: readonly Weight[];
}

const weightsOf = (weights: readonly Weight[]) => weights.map(({ name, weight }) => ({ party: name, weight: String(weight) }));

/** A rounded amount, what it comes from, and the parts and weights by which it is divided. */
export function divided(whole: Share, from: 'ENTRIES' | 'AGREED', parts: readonly DividedPart[]): Workings {
  return {
    kind: 'DIVIDED',
    from,
    ...shareOf(whole),
    parts: parts.map((part) => ({ ...shareOf(part.share), weights: weightsOf(part.weights) })),
  };
}

/** The same, where the whole is divided among some first, and each of their parts further. */
export function dividedTwice(whole: Share, first: readonly (Weight & { readonly parts: readonly DividedPart[] })[]): Workings {
  return {
    kind: 'DIVIDED_TWICE',
    ...shareOf(whole),
    among: first.map(({ name, weight, parts }) => ({
      party: name,
      weight: String(weight),
      parts: parts.map((part) => ({ ...shareOf(part.share), weights: weightsOf(part.weights) })),
    })),
  };
}

/** Points at a price. */
export function priced(points: bigint, micros: bigint, agreed: bigint, issued: bigint, prepaid: bigint): Workings {
  return {
    ...{ kind: 'PRICED', points: String(points), micros: String(micros) },
    ...{ agreed: String(agreed), issued: String(issued), prepaid: String(prepaid) },
  };
}

/** A number of times the same, in minor units. */
export function counted(count: bigint, eachMinor: bigint): Workings {
  return { kind: 'COUNTED', count: String(count), eachMinor: String(eachMinor) };
}

/** What one clause gives one payee. */
export interface ShareGiven {
  readonly basis: string;
  readonly bps: number;
  /** What it is a share of. */
  readonly micros: bigint;
  /** In micros times 10,000. */
  readonly exact: bigint;
  /** Where a cap or floor binds: the amount, and what each payee would have had, in micros times 10,000. */
  readonly bound?: { readonly minor: bigint; readonly weights: readonly Weight[] };
}

/** Shares of sales, or of the value or price of points. */
export function sharedOut(given: readonly ShareGiven[]): Workings {
  return {
    kind: 'SHARES',
    shares: given.map(({ basis, bps, micros, exact, bound }) => ({
      ...{ basis, bps: String(bps), micros: String(micros), exact: String(exact) },
      ...(bound && { bound: { minor: String(bound.minor), weights: weightsOf(bound.weights) } }),
    })),
  };
}
