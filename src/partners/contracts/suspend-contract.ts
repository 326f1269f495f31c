import { z } from 'zod';
import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import { checkShape } from '../../platform/check-shape.ts';
import type { Tx } from '../../platform/database.ts';
import type { Moment } from '../change-coalition.ts';
import { isOver } from './clauses-in-force.rules.ts';
import { ContractEntity } from './contract.entity.ts';
import { type ContractStatus, statusAt } from './contract.rules.ts';
import { contractNamed } from './contract-named.ts';
import { remark } from './contract-note.ts';
import { recordEvent, type Signatory } from './record-event.ts';

export interface SuspendContract {
  readonly contractId: string;
  readonly reason?: string | null;
}

const shape = z.object({ reason: remark });

const NOT_YET: readonly ContractStatus[] = ['DRAFT', 'PROPOSED', 'SIGNED'];

/** The operator stops earning and burning at a partner for now. Doing it twice changes nothing. */
export async function suspendContract(
  tx: Tx,
  command: SuspendContract,
  { coalition, now }: Moment,
  by: Signatory,
): Promise<Outcome<string>> {
  const said = checkShape(shape, command);
  if ('refused' in said) return said;
  const named = contractNamed(coalition, command.contractId, by);
  if ('refused' in named) return named;
  const contract = named.done;
  const status = statusAt(contract, now);
  if (NOT_YET.includes(status)) return refused('CONTRACT_NOT_ACTIVE', 'No version of the contract has come into force.');
  if (isOver(contract, now)) return refused('CONTRACT_ENDED', 'Earning and burning under the contract have ended.');
  if (contract.suspendedAt !== undefined) return done(contract.id);
  await tx.em.nativeUpdate(ContractEntity, contract.id, { suspendedAt: now });
  await recordEvent(tx, { contractId: contract.id, kind: 'SUSPENDED', note: said.done.reason }, by, now);
  return done(contract.id);
}

/** The operator lets a suspended partner go on, unless its contract was ended for a cause: domain 3.5. */
export async function resumeContract(
  tx: Tx,
  command: SuspendContract,
  { coalition, now }: Moment,
  by: Signatory,
): Promise<Outcome<string>> {
  const said = checkShape(shape, command);
  if ('refused' in said) return said;
  const named = contractNamed(coalition, command.contractId, by);
  if ('refused' in named) return named;
  const contract = named.done;
  if (contract.suspendedAt === undefined) return invalid('contractId', 'The contract is not suspended.');
  if (contract.terminationCause !== undefined)
    return refused('CONTRACT_ENDED', `The contract was ended for a cause, ${contract.terminationCause}: it stays suspended.`);
  await tx.em.nativeUpdate(ContractEntity, contract.id, { suspendedAt: null });
  await recordEvent(tx, { contractId: contract.id, kind: 'RESUMED', note: said.done.reason }, by, now);
  return done(contract.id);
}
