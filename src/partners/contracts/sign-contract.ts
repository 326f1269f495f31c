import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import type { Tx } from '../../platform/database.ts';
import type { Moment } from '../change-coalition.ts';
import type { Contract, ContractVersion } from './contract.rules.ts';
import { contractNamed } from './contract-named.ts';
import { ContractVersionEntity } from './contract-version.entity.ts';

export interface SignContract {
  readonly contractId: string;
  readonly version: number;
}

type Signatory = Extract<Viewer, { role: 'OPERATOR' | 'PARTNER' }>;

/** The partner signs as itself, then the operator. Once both have, the version ends the one before it. Signing twice changes nothing. */
export async function signContract(tx: Tx, command: SignContract, { coalition, now }: Moment, viewer: Signatory): Promise<Outcome<string>> {
  const named = contractNamed(coalition, command.contractId);
  if ('refused' in named) return named;
  const contract = named.done;
  const version = contract.versions.find(({ number }) => number === command.version);
  if (version === undefined) return invalid('version', `The contract has no version ${command.version}.`);
  if (viewer.role === 'PARTNER') {
    if (viewer.partnerId !== contract.partnerId)
      return refused('FORBIDDEN', 'A partner signs its own contracts.', { field: ['contractId'] });
    if (version.partnerSignedAt === undefined) await tx.em.nativeUpdate(ContractVersionEntity, version.id, { partnerSignedAt: now });
    return done(contract.id);
  }
  if (version.partnerSignedAt === undefined) return refused('FORBIDDEN', 'The partner signs first.', { field: ['version'] });
  if (version.operatorSignedAt === undefined) await putInForce(tx, contract, version, now);
  return done(contract.id);
}

/** That no two versions are in force at once is a constraint: it refuses what ending the one before does not make fit. */
async function putInForce(tx: Tx, contract: Contract, version: ContractVersion, now: Date): Promise<void> {
  const { effectiveFrom } = version;
  await tx.em.nativeUpdate(
    ContractVersionEntity,
    {
      contractId: contract.id,
      operatorSignedAt: { $ne: null },
      effectiveFrom: { $lte: effectiveFrom },
      $or: [{ effectiveUntil: null }, { effectiveUntil: { $gt: effectiveFrom } }],
    },
    { effectiveUntil: effectiveFrom },
  );
  await tx.em.nativeUpdate(ContractVersionEntity, version.id, { operatorSignedAt: now });
}
