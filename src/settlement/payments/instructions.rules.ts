import type { ClauseOf } from '../../partners/contracts/clause.ts';
import type { Instruction } from './instruction.ts';

/** What one partner's statement comes to, and the terms on which it is paid. */
export interface Owed {
  readonly id: string;
  readonly cycleNo: number;
  readonly statementId: string;
  readonly partnerId: string;
  /** + the partner receives, - it pays. */
  readonly netMinor: bigint;
  readonly terms: ClauseOf<'paymentTerms'> | undefined;
}

/** The payment between the operator and a partner that settles its statement. What is below the threshold of its terms is carried to the next cycle. */
export function instructionOf({ id, cycleNo, statementId, partnerId, netMinor, terms }: Owed): Instruction[] {
  if (netMinor === 0n) return [];
  const amount = netMinor < 0n ? -netMinor : netMinor;
  const threshold = terms?.carryForwardThreshold?.minor ?? 0n;
  const isCarried = amount < threshold;
  return [
    {
      ...{ id, cycleNo, statementId },
      payer: netMinor < 0n ? partnerId : null,
      payee: netMinor < 0n ? null : partnerId,
      amountMinor: isCarried ? 0n : amount,
      carriedMinor: isCarried ? amount : 0n,
      carriedReason: isCarried ? 'BELOW_THRESHOLD' : null,
      paidMinor: 0n,
      lateInterestBps: terms?.lateInterestBpsPerDay ?? 0,
      status: isCarried ? 'CARRIED' : 'DUE',
      dueDate: null,
    },
  ];
}
