import { z } from 'zod';
import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import { actsForPartner } from '../../kernel/viewer.ts';
import { checkShape } from '../../platform/check-shape.ts';
import type { Tx } from '../../platform/database.ts';
import type { Moment } from '../change-coalition.ts';
import { contractNamed, proposedVersionOf } from './contract-named.ts';
import { remark } from './contract-note.ts';
import { ContractVersionEntity } from './contract-version.entity.ts';
import { recordEvent, type Signatory } from './record-event.ts';

export interface RejectContract {
  readonly contractId: string;
  readonly version: number;
  readonly note?: string | null;
}

const shape = z.object({ note: remark });

/** The partner turns a proposal down, or the operator takes it back: it is a draft again, signed by nobody. */
export async function rejectContract(tx: Tx, command: RejectContract, { coalition, now }: Moment, by: Signatory): Promise<Outcome<string>> {
  const said = checkShape(shape, command);
  if ('refused' in said) return said;
  const named = contractNamed(coalition, command.contractId, by);
  if ('refused' in named) return named;
  const contract = named.done;
  const proposed = proposedVersionOf(contract, command.version);
  if ('refused' in proposed) return proposed;
  const version = proposed.done;
  if (!actsForPartner(by, contract.partnerId))
    return refused('FORBIDDEN', 'A partner rejects what is proposed to itself.', { field: ['contractId'] });
  if (version.operatorSignedAt !== undefined) return invalid('version', 'Both have signed: what was agreed is amended by a new version.');
  await tx.em.nativeUpdate(ContractVersionEntity, version.id, { proposedAt: null, partnerSignedAt: null, partnerNote: null });
  await recordEvent(tx, { contractId: contract.id, kind: 'REJECTED', version: version.number, note: said.done.note }, by, now);
  return done(contract.id);
}
