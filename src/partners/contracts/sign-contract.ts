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
import { holdOpenCycleStart } from './open-cycle.queries.ts';
import { refuseBeforePredecessor } from './predecessor.rules.ts';
import { beforeCycle } from './read-terms.rules.ts';
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
  const named = contractNamed(coalition, command.contractId, by);
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

  const follows = refuseBeforePredecessor(coalition, contract.partnerId, contract, version.effectiveFrom);
  if ('refused' in follows) return follows;
  const ended = endOfTalks(contract, now);
  if (ended !== undefined) return refused('CONTRACT_ENDED', ended);
  if (by.role === 'OPERATOR' && !command.isHistory) {
    const openSince = await holdOpenCycleStart(tx);
    if (version.effectiveFrom < openSince) return beforeCycle(openSince, 'version');
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

/** That no two versions of a partner are in force at once is a constraint: it refuses what ending those before does not make fit. */
async function putInForce(tx: Tx, { contract, version, note }: Signing, now: Date): Promise<void> {
  const { effectiveFrom } = version;
  await endPredecessors(tx, contract);
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

/** Nothing of the contracts before outlasts their tail. What was agreed stays readable in `agreed_until`. */
async function endPredecessors(tx: Tx, { partnerId, no }: Contract): Promise<void> {
  await tx.rows(
    `update partners.contract_versions v set effective_until = greatest(v.effective_from, c.tail_end)
     from partners.contracts c
     where c.partner_id = $1 and c.no < $2 and c.tail_end is not null and v.contract_id = c.id
       and v.operator_signed_at is not null and (v.effective_until is null or v.effective_until > greatest(v.effective_from, c.tail_end))`,
    [partnerId, no],
  );
}
