import { minorOfMicros } from '../../kernel/money.ts';
import { divideHalfAwayFromZero } from '../../kernel/ratio.ts';
import { splitLargestRemainder, type Share as Weight } from '../../kernel/split.ts';
import { type CycleLine, OPERATOR, type Party, POOL, type Share } from './cycle-line.ts';

/** An exact amount, rounded. */
export function rounded(micros: bigint, currency: string): Share {
  return { micros, minor: minorOfMicros(micros, currency) };
}

/** A line from the parts of its partners and what it brings the pool; the operator's is what is left (domain 3.2, rule 5). */
export function makeLine(
  head: Pick<CycleLine, 'type' | 'key' | 'description' | 'workings'>,
  partners: ReadonlyMap<Party, Share>,
  pool: Share = { micros: 0n, minor: 0n },
): CycleLine {
  let [micros, minor] = [-pool.micros, -pool.minor];
  const shares = new Map<Party, Share>();
  for (const [party, share] of partners) {
    if (party === OPERATOR) continue;
    shares.set(party, share);
    micros -= share.micros;
    minor -= share.minor;
  }
  shares.set(OPERATOR, { micros, minor });
  shares.set(POOL, pool);
  return { ...head, shares };
}

/** Whether anybody has anything in the line. */
export function isSomething({ shares }: CycleLine): boolean {
  return [...shares.values()].some(({ micros, minor }) => micros !== 0n || minor !== 0n);
}

/** Divides one amount by weights: its rounded whole by largest remainder. Parties that are the same are one. */
export function divide({ micros, minor }: Share, weights: readonly Weight[]): Map<Party, Share> {
  const merged = new Map<Party, bigint>();
  for (const { name, weight } of weights) merged.set(name, (merged.get(name) ?? 0n) + weight);
  const total = [...merged.values()].reduce((sum, weight) => sum + weight, 0n);
  const parts = splitLargestRemainder(
    minor,
    [...merged].map(([name, weight]) => ({ name, weight })),
  );
  return new Map(
    [...merged].map(([name, weight]) => [
      name,
      { micros: total === 0n ? 0n : divideHalfAwayFromZero(micros * weight, total), minor: parts.get(name) ?? 0n },
    ]),
  );
}

/** Two parts of one party together. */
export function plus(one: Share | undefined, other: Share): Share {
  return { micros: (one?.micros ?? 0n) + other.micros, minor: (one?.minor ?? 0n) + other.minor };
}

/** Both signs turned. */
export const negated = ({ micros, minor }: Share): Share => ({ micros: -micros, minor: -minor });
