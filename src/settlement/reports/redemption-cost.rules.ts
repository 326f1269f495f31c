import { divideHalfAwayFromZero } from '../../kernel/ratio.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { Partner } from '../../partners/partner.ts';
import type { Movement } from '../lines/cycle-facts.ts';
import { type CycleLine, type LineType, OPERATOR, type Party, type Share } from '../lines/cycle-line.ts';
import { burnedPoints } from './cycle-points.rules.ts';

/** What points that were burned at a partner in a cycle cost. */
export interface RedemptionCost {
  readonly partner: Partner;
  readonly points: bigint;
  readonly reimbursement: Share;
  readonly handlingFeeMinor: bigint;
  readonly operatorMinor: bigint;
  readonly perPointMicros: bigint | undefined;
}

/** The cost of redemptions at every partner where any were, or came back, by code: as the lines of the cycle say. */
export function redemptionCosts({ partners }: Coalition, movements: readonly Movement[], lines: readonly CycleLine[]): RedemptionCost[] {
  return partners
    .toSorted((a, b) => (a.code < b.code ? -1 : 1))
    .map((partner) => {
      const points = burnedPoints(movements, partner.id);
      const part = (type: LineType, party: Party) =>
        lines.find((line) => line.type === type && line.key === partner.code)?.shares.get(party) ?? { micros: 0n, minor: 0n };
      const reimbursement = part('REIMBURSEMENT', partner.code);
      return {
        partner,
        points,
        reimbursement,
        handlingFeeMinor: -part('HANDLING_FEE', partner.code).minor,
        operatorMinor: part('REIMBURSEMENT', OPERATOR).minor + part('HANDLING_FEE', OPERATOR).minor,
        perPointMicros: points > 0n ? divideHalfAwayFromZero(reimbursement.micros, points) : undefined,
      };
    })
    .filter(({ points, reimbursement }) => points !== 0n || reimbursement.micros !== 0n);
}
