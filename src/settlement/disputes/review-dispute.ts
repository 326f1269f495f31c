import { done, type Outcome } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/database.ts';
import { type ChangeDispute, changeDispute } from './change-dispute.ts';
import { reviewed } from './dispute.rules.ts';
import type { Dispute } from './dispute.ts';

/** OPENED to UNDER_REVIEW: the operator has taken it. */
export function reviewDispute(tx: Tx, command: ChangeDispute): Promise<Outcome<Dispute>> {
  return changeDispute(tx, command, 'REVIEW', async ({ dispute }) => done({ dispute: reviewed(dispute) }));
}
