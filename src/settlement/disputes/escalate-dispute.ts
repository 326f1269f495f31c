import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/database.ts';
import { readStatementLines } from '../statements/statements.queries.ts';
import { type ChangeDispute, changeDispute } from './change-dispute.ts';
import { checkRoom, escalated } from './dispute.rules.ts';
import type { Dispute } from './dispute.ts';
import { readCovered } from './disputes.queries.ts';

/** REJECTED to UNDER_REVIEW at the next stage: the partner does not accept it. Stage 3 is the last. */
export function escalateDispute(tx: Tx, command: ChangeDispute): Promise<Outcome<Dispute>> {
  return changeDispute(tx, command, 'ESCALATE', async ({ dispute, statement: { status } }, time) => {
    if (status === 'ACCEPTED' || status === 'FINAL')
      return refused('DISPUTE_WINDOW_CLOSED', `The statement is ${status}: its disputes go no further.`, {
        field: ['disputeId'],
        details: { status },
      });
    const { shareId, id, disputedMinor } = dispute;
    const [line] = await readStatementLines(tx, [shareId]);
    if (line === undefined) throw new Error(`share ${shareId} is not on a statement`);
    const room = checkRoom(line, (await readCovered(tx, shareId, id)).minor, disputedMinor, 'disputeId');
    return 'refused' in room ? room : done({ dispute: escalated(dispute, time) });
  });
}
