import type { Tx } from '../../platform/database.ts';
import { postAdjustment } from '../adjustments/post-adjustment.ts';
import { readStatementLines } from '../statements/statements.queries.ts';
import { counterpartyOf, decided, type StepTime } from './dispute.rules.ts';
import type { Dispute } from './dispute.ts';
import { readOtherParties } from './disputes.queries.ts';

/**
 * A locked dispute as it is once an amount of it is accepted: more than nothing is posted as one adjustment in the open cycle, which the other
 * partner of the line bears, or the operator.
 */
export async function acceptAmount(tx: Tx, dispute: Dispute, acceptedMinor: bigint, time: StepTime): Promise<Dispute> {
  const after = decided(dispute, acceptedMinor, time);
  if (acceptedMinor === 0n) return after;
  const { shareId, cycleNo, partnerId } = dispute;
  const [line] = await readStatementLines(tx, [shareId]);
  if (line === undefined) throw new Error(`share ${shareId} is not on a statement`);
  const adjustmentId = await postAdjustment(tx, {
    partnerId,
    counterpartyId: counterpartyOf(line, await readOtherParties(tx, shareId)),
    shareId,
    minor: acceptedMinor,
    description: `Dispute of line ${line.no} of cycle ${cycleNo}: ${line.description}`,
  });
  return { ...after, adjustmentId };
}
