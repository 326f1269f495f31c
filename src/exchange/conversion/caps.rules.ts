import { done, type Outcome, refused } from '../../kernel/refusal.ts';

/** The two currencies of an exchange by their numbers. */
export interface CurrencyPair {
  readonly fromNo: number;
  readonly toNo: number;
}

/** A name under which a pair can be kept in a map. */
export const pairKey = ({ fromNo, toNo }: CurrencyPair): string => `${fromNo}>${toNo}`;

/** Points that a cap is about: what counts toward it already, and whose points in which span it counts. */
export interface Capped {
  readonly cap: bigint | undefined;
  readonly used: bigint;
  readonly debited: bigint;
  readonly scope:
    | 'at once'
    | 'by a member in a day'
    | 'by a member in a month'
    | 'by a member in a year'
    | 'by all members in a clearing cycle';
}

/** Refuses points that pass a cap; answers what counts toward it with them. */
export function checkCap({ cap, used, debited, scope }: Capped): Outcome<bigint> {
  if (cap === undefined || used + debited <= cap) return done(used + debited);
  const remaining = cap > used ? cap - used : 0n;
  return refused('CAP_EXCEEDED', `At most ${cap} points are exchanged ${scope}; ${remaining} are left.`, {
    details: { limit: Number(cap), remaining: Number(remaining) },
  });
}

/** Points that are to be given of a pair in the open cycle. */
export interface Counting extends CurrencyPair {
  readonly debited: bigint;
  readonly cap: bigint | undefined;
  /** Whether they are exchanged when the cap lets them; else they are refused for something that is said after it, and do not count. */
  readonly counts: boolean;
}

/** Judges one after the other by the cap of the cycle, each after what those before it were granted, of what is used of each pair. */
export function countInOrder(usedBefore: ReadonlyMap<string, bigint>, all: readonly Counting[]): Outcome<bigint>[] {
  const usedOf = new Map(usedBefore);
  return all.map((one) => {
    const key = pairKey(one);
    const { cap, debited } = one;
    const used = checkCap({ cap, used: usedOf.get(key) ?? 0n, debited, scope: 'by all members in a clearing cycle' });
    if ('done' in used && one.counts) usedOf.set(key, used.done);
    return used;
  });
}
