import type { Party } from '../lines/cycle-line.ts';

/** What one party owes another by one line of a closed cycle. The operator stands for the pool too. */
export interface Obligation {
  readonly from: Party;
  readonly to: Party;
  /** In minor units, more than nothing. */
  readonly minor: bigint;
}

/** Two partners by their codes, in either order. */
export type Pair = readonly [Party, Party];

/** What all obligations together leave each party: + it receives, - it pays. */
export function netsOf(obligations: readonly Obligation[]): Map<Party, bigint> {
  const nets = new Map<Party, bigint>();
  for (const { from, to, minor } of obligations) {
    nets.set(from, (nets.get(from) ?? 0n) - minor);
    nets.set(to, (nets.get(to) ?? 0n) + minor);
  }
  return nets;
}

/** What one party owes another in all. */
export function owedBetween(obligations: readonly Obligation[], from: Party, to: Party): bigint {
  return obligations.reduce((sum, one) => (one.from === from && one.to === to ? sum + one.minor : sum), 0n);
}

/** Whether an obligation is between the partners of one of these pairs. */
export function isNamed(pairs: readonly Pair[], { from, to }: Pick<Obligation, 'from' | 'to'>): boolean {
  return pairs.some(([a, b]) => (a === from && b === to) || (a === to && b === from));
}
