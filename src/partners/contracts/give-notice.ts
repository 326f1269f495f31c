import { z } from 'zod';
import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { actsForPartner } from '../../kernel/viewer.ts';
import { checkShape } from '../../platform/check-shape.ts';
import type { Tx } from '../../platform/database.ts';
import type { Moment } from '../change-coalition.ts';
import { clausesOf } from './clause.ts';
import { timelineFromNotice } from './clauses/termination/termination.rules.ts';
import type { TerminationCause } from './clauses/termination/termination.types.ts';
import { ContractEntity } from './contract.entity.ts';
import { versionInForce } from './contract.rules.ts';
import { contractNamed } from './contract-named.ts';
import { remark } from './contract-note.ts';
import { recordEvent, type Signatory } from './record-event.ts';
import { timelineOf } from './timeline.rules.ts';

export interface GiveNotice {
  readonly contractId: string;
  readonly reason?: string | null;
  readonly cause?: TerminationCause | null;
}

const shape = z.object({ reason: remark });

/**
 * Either side ends the contract, as its termination clause says. From here the timeline of domain 3.5 is fixed; it prolongs
 * nothing that ends by its date. With a cause the operator suspends it at once.
 */
export async function giveNotice(tx: Tx, command: GiveNotice, { coalition, now }: Moment, by: Signatory): Promise<Outcome<string>> {
  const said = checkShape(shape, command);
  if ('refused' in said) return said;
  const named = contractNamed(coalition, command.contractId, by);
  if ('refused' in named) return named;
  const contract = named.done;
  const { cause } = command;
  if (!actsForPartner(by, contract.partnerId))
    return refused('FORBIDDEN', 'A partner gives notice of its own contract.', { field: ['contractId'] });
  if (cause && by.role !== 'OPERATOR') return refused('FORBIDDEN', 'The operator gives notice with a cause.', { field: ['cause'] });
  if (contract.noticeGivenAt !== undefined)
    return refused('CONTRACT_ENDED', `Notice was given at ${contract.noticeGivenAt.toISOString()}.`);
  const version = versionInForce(contract, now);
  if (version === undefined) return refused('CONTRACT_NOT_ACTIVE', 'No version of the contract is in force.');
  const [termination] = clausesOf(version.clauses, 'termination');
  if (termination === undefined) return refused('CLAUSE_NOT_GRANTED', 'The version in force has no termination clause.');
  if (cause && !termination.causes.includes(cause))
    return refused('CLAUSE_NOT_GRANTED', `${cause} is no cause of the termination clause.`, { field: ['cause'] });
  const { timeZone } = coalition.program;
  const noticed = { ...contract, noticeGivenAt: now, ...timelineFromNotice(termination, now, timeZone) };
  await tx.em.nativeUpdate(ContractEntity, contract.id, {
    noticeGivenAt: now,
    noticeReason: said.done.reason || null,
    ...timelineOf(noticed, timeZone),
    ...(cause ? { terminationCause: cause, suspendedAt: contract.suspendedAt ?? now } : {}),
  });
  await recordEvent(tx, { contractId: contract.id, kind: 'NOTICE_GIVEN', version: version.number, note: said.done.reason }, by, now);
  return done(contract.id);
}
