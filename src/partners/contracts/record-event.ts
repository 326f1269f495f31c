import type { Viewer } from '../../kernel/viewer.ts';
import type { Tx } from '../../platform/database.ts';
import { ContractEventEntity } from './contract-event.entity.ts';
import type { ContractEventKind } from './contract-event.ts';

/** Who may take a step in the life of a contract. */
export type Signatory = Extract<Viewer, { role: 'OPERATOR' | 'PARTNER' }>;

interface Step {
  readonly contractId: string;
  readonly kind: ContractEventKind;
  readonly version?: number;
  readonly note?: string | undefined;
}

/** Adds a step to the history of its contract. */
export async function recordEvent(tx: Tx, { contractId, kind, version, note }: Step, by: Signatory, at: Date): Promise<void> {
  const actor = by.role === 'OPERATOR' ? by.subject : by.partnerId;
  await tx.em.insert(ContractEventEntity, { contractId, kind, version: version ?? null, party: by.role, actor, at, note: note || null });
}
