import type { Coalition } from '../../partners/coalition.ts';
import type { Pair } from './obligation.ts';

/** Two partners that settle with each other what they owe each other directly. */
export interface NettingPair {
  readonly id: string;
  readonly partnerA: string;
  readonly partnerB: string;
  readonly startsAt: Date;
  /** Null while no end is set. */
  readonly endsAt: Date | null;
}

/** The pairs that are in force at an instant, by the codes of their partners. */
export function pairsAt(pairs: readonly NettingPair[], at: Date, coalition: Coalition): Pair[] {
  return pairs
    .filter(({ startsAt, endsAt }) => startsAt <= at && (endsAt === null || endsAt > at))
    .map(({ partnerA, partnerB }) => [coalition.partnerById(partnerA).code, coalition.partnerById(partnerB).code]);
}
