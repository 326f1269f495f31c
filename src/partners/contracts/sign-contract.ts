import { z } from 'zod';
import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { checkShape } from '../../platform/check-shape.ts';
import type { Tx } from '../../platform/database.ts';
import type { Moment } from '../change-coalition.ts';
import { type Contract, type ContractVersion, endOfTalks } from './contract.rules.ts';
import { anotherRevision, contractNamed, proposedVersionOf } from './contract-named.ts';
import { remark } from './contract-note.ts';
import { ContractVersionEntity } from './contract-version.entity.ts';
import { refuseCandidate } from './guards.ts';
import { recordEvent, type Signatory } from './record-event.ts';

export interface SignContract {
  readonly contractId: string;
  readonly version: number;
  /** The revision that was read; whichever is proposed when left out. */
  readonly revision?: number | null;
  readonly note?: string | null;
  /** Terms of the past, which nothing speaks against. */
  readonly isHistory?: true;
}

interface Signing {
  readonly contract: Contract;
  readonly version: ContractVersion;
  readonly note: string | undefined;
}

const shape = z.object({ note: remark });

/** The partner signs as itself, then the operator. Once both have, the version ends the one before it. Signing twice changes nothing. */
export async function signContract(tx: Tx, command: SignContract, moment: Moment, by: Signatory): Promise<Outcome<string>> {
  const { coalition, now } = moment;
  const said = checkShape(shape, command);
  if ('refused' in said) return said;
  const named = contractNamed(coalition, command.contractId);
  if ('refused' in named) return named;
  const contract = named.done;
  const proposed = proposedVersionOf(contract, command.version);
  if ('refused' in proposed) return proposed;
  const version = proposed.done;
  if (by.role === 'PARTNER' && by.partnerId !== contract.partnerId)
    return refused('FORBIDDEN', 'A partner signs its own contracts.', { field: ['contractId'] });
  if (by.role === 'OPERATOR' && version.partnerSignedAt === undefined)
    return refused('FORBIDDEN', 'The partner signs first.', { field: ['version'] });
  if ((by.role === 'OPERATOR' ? version.operatorSignedAt : version.partnerSignedAt) !== undefined) return done(contract.id);
  if (typeof command.revision === 'number' && command.revision !== version.revision) return anotherRevision(version.revision);

  const ended = endOfTalks(contract, now);
  if (ended !== undefined) return refused('CONTRACT_ENDED', ended);
  if (by.role === 'OPERATOR' && !command.isHistory) {
    const guarded = refuseCandidate({ coalition, partner: coalition.partnerById(contract.partnerId), contract, version, now });
    if ('refused' in guarded) return guarded;
  }
  const { note } = said.done;
  await (by.role === 'OPERATOR' ? putInForce(tx, { contract, version, note }, now) : signAsPartner(tx, { contract, version, note }, now));
  await recordEvent(tx, { contractId: contract.id, kind: 'SIGNED', version: version.number, note }, by, now);
  return done(contract.id);
}

async function signAsPartner(tx: Tx, { version, note }: Signing, now: Date): Promise<void> {
  await tx.em.nativeUpdate(ContractVersionEntity, version.id, { partnerSignedAt: now, partnerNote: note || null });
}

/** That no two versions are in force at once is a constraint: it refuses what ending the one before does not make fit. */
async function putInForce(tx: Tx, { contract, version, note }: Signing, now: Date): Promise<void> {
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
  await tx.em.nativeUpdate(ContractVersionEntity, version.id, { operatorSignedAt: now, operatorNote: note || null });
}
