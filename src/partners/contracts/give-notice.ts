import { plusDays, plusMonths } from '../../kernel/instant.ts';
import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { actsForPartner, type Viewer } from '../../kernel/viewer.ts';
import type { Tx } from '../../platform/database.ts';
import type { Moment } from '../change-coalition.ts';
import { type ClauseOf, clausesOf } from './clause.ts';
import { ContractEntity } from './contract.entity.ts';
import { versionInForce } from './contract.rules.ts';
import { contractNamed } from './contract-named.ts';

export interface GiveNotice {
  readonly contractId: string;
  readonly reason?: string | null;
}

/** Either side ends the contract, as its termination clause says. From here the timeline of domain 3.5 is fixed. */
export async function giveNotice(tx: Tx, command: GiveNotice, { coalition, now }: Moment, viewer: Viewer): Promise<Outcome<string>> {
  const named = contractNamed(coalition, command.contractId);
  if ('refused' in named) return named;
  const contract = named.done;
  if (!actsForPartner(viewer, contract.partnerId))
    return refused('FORBIDDEN', 'A partner gives notice of its own contract.', { field: ['contractId'] });
  const version = versionInForce(contract, now);
  if (contract.noticeGivenAt !== undefined)
    return refused('CONTRACT_ENDED', `Notice was given at ${contract.noticeGivenAt.toISOString()}.`);
  if (version === undefined) return refused('CONTRACT_NOT_ACTIVE', 'No version of the contract is in force.');
  const [termination] = clausesOf(version.clauses, 'termination');
  if (termination === undefined) return refused('CLAUSE_NOT_GRANTED', 'The version in force has no termination clause.');
  await tx.em.nativeUpdate(ContractEntity, contract.id, {
    noticeReason: command.reason ?? null,
    ...timeline(termination, now, coalition.program.timeZone),
  });
  return done(contract.id);
}

/** All days are counted from the notice. */
export function timeline(termination: ClauseOf<'termination'>, noticeGivenAt: Date, timeZone: string) {
  const burnEnd = plusDays(noticeGivenAt, termination.burnEndDays, timeZone);
  return {
    noticeGivenAt,
    earnEnd: plusDays(noticeGivenAt, termination.earnEndDays, timeZone),
    burnEnd,
    tailEnd: plusMonths(burnEnd, termination.tailMonths, timeZone),
  };
}
