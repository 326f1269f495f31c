import type { Outcome } from '../../kernel/refusal.ts';
import type { Coalition } from '../coalition.ts';
import type { Partner } from '../partner.ts';
import type { Contract, ContractVersion } from './contract.rules.ts';
import { withTimeline } from './timeline.rules.ts';

/** A contract version that is proposed, or about to come into force: what the coalition says to it is decided before it does. */
export interface Candidate {
  /** The coalition as it is without the version. */
  readonly coalition: Coalition;
  readonly partner: Partner;
  /** Undefined for the first version of a contract. */
  readonly contract: Contract | undefined;
  readonly version: ContractVersion;
  readonly now: Date;
}

/** One thing the coalition may have against a version: decided when it is proposed and again when the second party signs. */
export type Guard = (candidate: Candidate) => Outcome<unknown>;

/** All contracts as they would be with the version in force: it ends the one before it. */
export function contractsWith({ coalition, partner, contract, version, now }: Candidate): readonly Contract[] {
  const { timeZone } = coalition.program;
  const signed: ContractVersion = { ...version, partnerSignedAt: version.partnerSignedAt ?? now, operatorSignedAt: now };
  if (contract === undefined) {
    const opened: Contract = {
      id: '',
      no: 0,
      partnerId: partner.id,
      versions: [signed],
      wasProposed: true,
      suspendedAt: undefined,
      noticeGivenAt: undefined,
      terminationCause: undefined,
      earnEnd: undefined,
      burnEnd: undefined,
      tailEnd: undefined,
    };
    return [...coalition.contracts, withTimeline(opened, timeZone)];
  }
  const before = contract.versions.filter(({ number }) => number !== version.number).map((one) => endedBy(one, version.effectiveFrom));
  return coalition.contracts.map((one) =>
    one.id === contract.id ? withTimeline({ ...contract, versions: [...before, signed] }, timeZone) : one,
  );
}

function endedBy(version: ContractVersion, at: Date): ContractVersion {
  const runsOn = version.effectiveFrom <= at && (version.effectiveUntil === undefined || version.effectiveUntil > at);
  return version.operatorSignedAt !== undefined && runsOn ? { ...version, effectiveUntil: at } : version;
}
