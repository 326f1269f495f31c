import { done, type Outcome } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/database.ts';
import { type ChangeDispute, changeDispute } from './change-dispute.ts';
import { withdrawn } from './dispute.rules.ts';
import type { Dispute } from './dispute.ts';

/** Open to WITHDRAWN: the partner takes it back, and the line may be disputed again. */
export function withdrawDispute(tx: Tx, command: ChangeDispute): Promise<Outcome<Dispute>> {
  return changeDispute(tx, command, 'WITHDRAW', async ({ dispute }, time) => done({ dispute: withdrawn(dispute, time) }));
}
