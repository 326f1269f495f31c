import type { Share } from '../../../../kernel/split.ts';
import type { ClauseOf } from '../../clause.ts';

/** What one partner that shares a budget weighs by each measure of a clearing cycle. */
export interface CostMeasures {
  readonly partner: string;
  /** What it pays for points, and what it is reimbursed: rounded, in minor units. */
  readonly fundingMinor: bigint;
  readonly burnMinor: bigint;
  readonly transactions: bigint;
  readonly activeMembers: bigint;
}

type Terms = Pick<ClauseOf<'costAllocation'>, 'basis' | 'weights'>;

function weightOf({ basis, weights = [] }: Terms, measures: CostMeasures): bigint {
  switch (basis) {
    case 'EQUAL':
      return 1n;
    case 'FIXED_BPS':
      return weights.find(({ partner }) => partner === measures.partner)?.weight ?? 0n;
    case 'FUNDING_VALUE':
      return measures.fundingMinor;
    case 'BURN_VALUE':
      return measures.burnMinor;
    case 'TRANSACTION_COUNT':
      return measures.transactions;
    case 'ACTIVE_MEMBERS':
      return measures.activeMembers;
  }
}

/** By which weights partners share a budget; equally when nothing weighs anything. What came back of earlier cycles weighs nothing. */
export function costShares(terms: Terms, partners: readonly CostMeasures[]): readonly Share[] {
  const shares = partners.map((measures) => ({ name: measures.partner, weight: atLeastNothing(weightOf(terms, measures)) }));
  return shares.some(({ weight }) => weight > 0n) ? shares : shares.map(({ name }) => ({ name, weight: 1n }));
}

const atLeastNothing = (weight: bigint): bigint => (weight < 0n ? 0n : weight);
