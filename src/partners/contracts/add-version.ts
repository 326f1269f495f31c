import { newId } from '../../kernel/ids.ts';
import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/database.ts';
import type { Moment } from '../change-coalition.ts';
import type { Coalition } from '../coalition.ts';
import type { Partner } from '../partner.ts';
import { storeClause } from './clauses/store-clauses.ts';
import { ContractEntity } from './contract.entity.ts';
import { type Contract, type ContractVersion, endOfTalks, statusAt } from './contract.rules.ts';
import { ContractVersionEntity } from './contract-version.entity.ts';
import type { Terms } from './read-terms.rules.ts';

/** The contract to which new terms of a partner belong; undefined where they open one, as it has none or the last is over. */
export function contractToAmend(coalition: Coalition, partner: Partner, now: Date): Outcome<Contract | undefined> {
  const current = coalition.contracts.findLast(({ partnerId }) => partnerId === partner.id);
  if (current === undefined || statusAt(current, now) === 'TERMINATED') return done(undefined);
  const ended = endOfTalks(current, now);
  return ended === undefined ? done(current) : refused('CONTRACT_ENDED', ended);
}

/** The version that terms make, not yet kept. */
export function versionOf(terms: Terms, contract: Contract | undefined, proposedAt: Date | undefined): ContractVersion {
  return {
    ...terms,
    id: newId(),
    number: (contract?.versions.length ?? 0) + 1,
    revision: 1,
    proposedAt,
    partnerSignedAt: undefined,
    partnerNote: undefined,
    operatorSignedAt: undefined,
    operatorNote: undefined,
    effectiveUntil: terms.agreedUntil,
  };
}

/** Keeps a new version, the first with its contract. Answers the contract's id. */
export async function addVersion(
  tx: Tx,
  { partner, contract, version }: { partner: Partner; contract: Contract | undefined; version: ContractVersion },
  { id, now }: Moment,
): Promise<string> {
  const { id: contractId, no } = contract ?? (await openContract(tx, partner.id, id, now));
  const { clauses, partnerNote, operatorNote, ...more } = version;
  await tx.em.insert(ContractVersionEntity, { ...more, contractId, contractNo: no, clauses: clauses.map(storeClause) });
  return contractId;
}

async function openContract(tx: Tx, partnerId: string, id: string, now: Date): Promise<Pick<Contract, 'id' | 'no'>> {
  await tx.em.insert(ContractEntity, { id, partnerId, createdAt: now });
  const { no } = await tx.em.findOneOrFail(ContractEntity, id);
  return { id, no };
}
