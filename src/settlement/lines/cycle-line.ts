import type { Workings } from './workings.rules.ts';

export const LINE_TYPES = [
  'FUNDING',
  'JOINT_PROMOTION',
  'REIMBURSEMENT',
  'HANDLING_FEE',
  'EXCHANGE_SPREAD',
  'BREAKAGE',
  'REVENUE_SHARE',
  'COST_ALLOCATION',
  'ADJUSTMENT',
  'LATE_INTEREST',
  'FEE',
  'TRUE_UP',
  'CARRIED_FORWARD',
  'DEPOSIT',
  'REPRICING',
  'BUY_BACK',
] as const;
export type LineType = (typeof LINE_TYPES)[number];

/** Who has a part in a line: a partner by its code, or one of these two. */
export type Party = string;
export const OPERATOR: Party = 'OPERATOR';
/** The money that the operator holds for others: pools, prepaid blocks and deposits. */
export const POOL: Party = 'POOL';

/** A party's part in a line: + it receives, - it pays. */
export interface Share {
  /** Before rounding; of a divided amount, to the nearest micro. */
  readonly micros: bigint;
  readonly minor: bigint;
}

/** One figure of a clearing cycle, rounded once and divided among its parties: their parts sum to zero. */
export interface CycleLine {
  readonly type: LineType;
  /** What the line is about, unique among lines of its type. */
  readonly key: string;
  readonly description: string;
  readonly shares: ReadonlyMap<Party, Share>;
  /** How it came about, for whoever recomputes it. */
  readonly workings: Workings;
}

/** What a party receives by all lines together, or pays as a negative amount, in minor units. */
export function netOf(lines: readonly CycleLine[], party: Party): bigint {
  return lines.reduce((net, { shares }) => net + (shares.get(party)?.minor ?? 0n), 0n);
}
