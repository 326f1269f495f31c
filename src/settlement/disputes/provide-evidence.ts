import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/database.ts';
import { type ChangeDispute, changeDispute } from './change-dispute.ts';
import { checkShownEntries } from './check-entries.ts';
import { evidenceProvided } from './dispute.rules.ts';
import type { Dispute } from './dispute.ts';

/** What a partner shows: words, entries, or both. */
export interface ProvideEvidence extends ChangeDispute {
  readonly entryIds: readonly string[];
}

/** EVIDENCE_REQUESTED to EVIDENCE_PROVIDED: the partner answers, and the operator has its whole time again. */
export function provideEvidence(tx: Tx, command: ProvideEvidence): Promise<Outcome<Dispute>> {
  return changeDispute(tx, command, 'PROVIDE_EVIDENCE', async ({ dispute }, time) => {
    if (command.note === undefined && command.entryIds.length === 0) return invalid('note', 'Say something, or show entries.');
    const shown = await checkShownEntries(tx, dispute.partnerId, command.entryIds);
    return 'refused' in shown ? shown : done({ dispute: evidenceProvided(dispute, time), entryIds: shown.done });
  });
}
