import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/database.ts';
import type { Moment } from '../change-coalition.ts';
import { addVersion, contractToAmend, versionOf } from './add-version.ts';
import { storeClause } from './clauses/store-clauses.ts';
import { endOfTalks } from './contract.rules.ts';
import { anotherRevision, draftNamed } from './contract-named.ts';
import { ContractVersionEntity } from './contract-version.entity.ts';
import { refuseCandidate } from './guards.ts';
import { readOpenCycleStart } from './open-cycle.queries.ts';
import { refuseBeforePredecessor } from './predecessor.rules.ts';
import { beforeCycle, readTerms, type WrittenTerms } from './read-terms.rules.ts';
import { recordEvent, type Signatory } from './record-event.ts';

export interface DraftContract extends WrittenTerms {
  readonly partner: string;
}

export interface ReviseDraft extends WrittenTerms {
  readonly contractId: string;
  readonly version: number;
  readonly revision: number;
}

export interface ProposeDraft {
  readonly contractId: string;
  readonly version: number;
}

/** The operator writes terms that nobody else sees yet. Answers the contract. */
export async function draftContract(tx: Tx, command: DraftContract, moment: Moment, by: Signatory): Promise<Outcome<string>> {
  const { coalition, now } = moment;
  const partner = coalition.partnerOf(command.partner);
  if (partner === undefined) return invalid('partner', `There is no partner ${command.partner}.`);
  const terms = readTerms(command, coalition, partner, await readOpenCycleStart(tx));
  if ('refused' in terms) return terms;
  const contract = contractToAmend(coalition, partner, now);
  if ('refused' in contract) return contract;
  const follows = refuseBeforePredecessor(coalition, partner.id, contract.done, terms.done.effectiveFrom);
  if ('refused' in follows) return follows;
  const version = versionOf(terms.done, contract.done, undefined);
  const contractId = await addVersion(tx, { partner, contract: contract.done, version }, moment);
  await recordEvent(tx, { contractId, kind: 'DRAFTED', version: version.number }, by, now);
  return done(contractId);
}

/** Writes a draft anew, as whole; who has read an older revision of it is told so. */
export async function reviseDraft(tx: Tx, command: ReviseDraft, { coalition, now }: Moment, by: Signatory): Promise<Outcome<string>> {
  const named = draftNamed(coalition, command, by);
  if ('refused' in named) return named;
  const { contract, version } = named.done;
  const terms = readTerms(command, coalition, coalition.partnerById(contract.partnerId), await readOpenCycleStart(tx));
  if ('refused' in terms) return terms;
  const follows = refuseBeforePredecessor(coalition, contract.partnerId, contract, terms.done.effectiveFrom);
  if ('refused' in follows) return follows;
  const ended = endOfTalks(contract, now);
  if (ended !== undefined) return refused('CONTRACT_ENDED', ended);
  if (command.revision !== version.revision) return anotherRevision(version.revision);
  const { clauses, termMonths = null, agreedUntil = null, ...more } = terms.done;
  const change = { ...more, termMonths, agreedUntil, effectiveUntil: agreedUntil, clauses: clauses.map(storeClause) };
  await tx.em.nativeUpdate(ContractVersionEntity, version.id, { ...change, revision: version.revision + 1 });
  await recordEvent(tx, { contractId: contract.id, kind: 'REVISED', version: version.number }, by, now);
  return done(contract.id);
}

/** The operator shows a draft to the partner: from here it is proposed. */
export async function proposeDraft(tx: Tx, command: ProposeDraft, { coalition, now }: Moment, by: Signatory): Promise<Outcome<string>> {
  const named = draftNamed(coalition, command, by);
  if ('refused' in named) return named;
  const { contract, version } = named.done;
  const openSince = await readOpenCycleStart(tx);
  if (version.effectiveFrom < openSince) return beforeCycle(openSince);
  const follows = refuseBeforePredecessor(coalition, contract.partnerId, contract, version.effectiveFrom);
  if ('refused' in follows) return follows;
  const ended = endOfTalks(contract, now);
  if (ended !== undefined) return refused('CONTRACT_ENDED', ended);
  const guarded = refuseCandidate({ coalition, partner: coalition.partnerById(contract.partnerId), contract, version, now });
  if ('refused' in guarded) return guarded;
  await tx.em.nativeUpdate(ContractVersionEntity, version.id, { proposedAt: now });
  await recordEvent(tx, { contractId: contract.id, kind: 'PROPOSED', version: version.number }, by, now);
  return done(contract.id);
}
