import type { Partner } from '../../partners/partner.ts';
import { type CycleLine, LINE_TYPES, type LineType } from '../lines/cycle-line.ts';
import { nearestBps } from './ratios.rules.ts';

/**
 * Lines that are no cost of the cycle: goods are given for what is reimbursed, a deposit comes back, and corrections and what is carried
 * forward belong to earlier cycles.
 */
const NO_COST: ReadonlySet<LineType> = new Set(['REIMBURSEMENT', 'DEPOSIT', 'ADJUSTMENT', 'CARRIED_FORWARD']);

/** What a programme cost, what it brought, and how much of the cost came back on top of it. */
export interface Return {
  readonly costMinor: bigint;
  readonly upliftMinor: bigint;
  readonly roiBps: number | undefined;
}

/** The same for one partner, with the lines behind the cost. */
export interface PartnersReturn extends Return {
  readonly partner: Partner;
  readonly costs: readonly { readonly type: LineType; readonly minor: bigint }[];
}

const returnOf = (costMinor: bigint, upliftMinor: bigint): Return => ({
  costMinor,
  upliftMinor,
  roiBps: nearestBps(upliftMinor - costMinor, costMinor),
});

/** What the programme cost a partner by its lines of a cycle, less what they brought it, against the revenue that it brought. */
export function partnersReturn(partner: Partner, lines: readonly CycleLine[], upliftMinor: bigint): PartnersReturn {
  const costs = LINE_TYPES.filter((type) => !NO_COST.has(type)).flatMap((type) => {
    const minor = lines.reduce((sum, line) => (line.type === type ? sum - (line.shares.get(partner.code)?.minor ?? 0n) : sum), 0n);
    return minor === 0n ? [] : [{ type, minor }];
  });
  const costMinor = costs.reduce((sum, { minor }) => sum + minor, 0n);
  return { partner, costs, ...returnOf(costMinor, upliftMinor) };
}

/** Several partners together: what one pays the other is no cost of theirs. */
export function returnTogether(returns: readonly Return[]): Return {
  const sum = (amountOf: (one: Return) => bigint) => returns.reduce((total, one) => total + amountOf(one), 0n);
  return returnOf(
    sum(({ costMinor }) => costMinor),
    sum(({ upliftMinor }) => upliftMinor),
  );
}
