import type { Tx } from '../../platform/database.ts';
import { acceptAmount } from './accept-amount.ts';
import { lockDispute, stepTime, storeStep } from './change-dispute.ts';
import { isOverdue } from './dispute.rules.ts';
import { readDueDisputes } from './disputes.queries.ts';

const SILENCE = 'The operator did not answer in time.';

/**
 * Accepts as a whole what the operator left unanswered until an instant, where the policy says so. Answers how many; 0 when nothing is left. One
 * round keeps to one cycle, whose lock comes before those of the money that it moves.
 */
export async function settleDueDisputes(tx: Tx, asOf: Date, limit: number): Promise<number> {
  const time = await stepTime(tx);
  if (!time.policy.autoAccept) return 0;
  const due = await readDueDisputes(tx, asOf, limit);
  let settled = 0;
  for (const { id } of due.filter(({ cycleNo }) => cycleNo === due[0]?.cycleNo)) {
    const locked = await lockDispute(tx, id);
    // Answered meanwhile.
    if (locked === undefined || !isOverdue(locked.dispute, asOf)) continue;
    const accepted = await acceptAmount(tx, locked.dispute, locked.dispute.disputedMinor, time);
    await storeStep(tx, accepted, 'POLICY', { note: SILENCE, entryIds: [] }, time);
    settled += 1;
  }
  return settled;
}
