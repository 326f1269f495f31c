import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/database.ts';
import { type ChangeDispute, changeDispute } from './change-dispute.ts';
import { evidenceRequested } from './dispute.rules.ts';
import type { Dispute } from './dispute.ts';

/** UNDER_REVIEW or EVIDENCE_PROVIDED to EVIDENCE_REQUESTED: the operator asks, and says for what; its own time stands still until it is answered. */
export function requestEvidence(tx: Tx, command: ChangeDispute): Promise<Outcome<Dispute>> {
  return changeDispute(tx, command, 'REQUEST_EVIDENCE', async ({ dispute }) =>
    command.note === undefined ? invalid('note', 'Say what is asked for.') : done({ dispute: evidenceRequested(dispute) }),
  );
}
