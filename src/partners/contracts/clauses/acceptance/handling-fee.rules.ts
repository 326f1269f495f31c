import { bpsOf } from '../../../../kernel/ratio.ts';
import type { ClauseOf } from '../../clause.ts';

/** What the operator keeps of a partner's rounded reimbursement of a clearing cycle; what is refunded of an earlier one gives it back. */
export function handlingFeeMinor(clause: Pick<ClauseOf<'acceptance'>, 'handlingFeeBps'> | undefined, reimbursementMinor: bigint): bigint {
  return bpsOf(reimbursementMinor, clause?.handlingFeeBps ?? 0);
}
