import { type Clause, type ClauseKind, type ClauseOf, clausesOf } from './clause.ts';
import type { TerminationCause } from './clauses/termination/termination.types.ts';
import type { ContractForm } from './contract-form.ts';

export const CONTRACT_STATUSES = ['DRAFT', 'PROPOSED', 'SIGNED', 'ACTIVE', 'SUSPENDED', 'NOTICE', 'RUN_OFF', 'TAIL', 'TERMINATED'] as const;
export type ContractStatus = (typeof CONTRACT_STATUSES)[number];

export const VERSION_STATUSES = ['DRAFT', 'PROPOSED', 'SIGNED', 'SIGNED_BOTH', 'IN_FORCE', 'ENDED'] as const;
export type VersionStatus = (typeof VERSION_STATUSES)[number];

export interface ContractVersion {
  readonly id: string;
  readonly number: number;
  /** Counts how often its terms were written, from 1. */
  readonly revision: number;
  readonly type: ContractForm;
  readonly termMonths: number | undefined;
  readonly clauses: readonly Clause[];
  /** Undefined while it is a draft. */
  readonly proposedAt: Date | undefined;
  readonly partnerSignedAt: Date | undefined;
  readonly partnerNote: string | undefined;
  readonly operatorSignedAt: Date | undefined;
  readonly operatorNote: string | undefined;
  readonly effectiveFrom: Date;
  /** Its own end; `effectiveUntil` is earlier where a later version took its place. */
  readonly agreedUntil: Date | undefined;
  readonly effectiveUntil: Date | undefined;
}

/** A contract with all its versions, in the order of their numbers. */
export interface Contract {
  readonly id: string;
  readonly no: number;
  readonly partnerId: string;
  readonly versions: readonly ContractVersion[];
  /** Whether the partner was ever shown a version of it. */
  readonly wasProposed: boolean;
  readonly suspendedAt: Date | undefined;
  readonly noticeGivenAt: Date | undefined;
  readonly terminationCause: TerminationCause | undefined;
  /** The timeline of domain 3.5, from the notice or from an end by date: `withTimeline`. */
  readonly earnEnd: Date | undefined;
  readonly burnEnd: Date | undefined;
  readonly tailEnd: Date | undefined;
}

/** The version in force at an instant: signed by both, begun and not ended. At most one, by a constraint. */
export function versionInForce(contract: Contract, at: Date): ContractVersion | undefined {
  return contract.versions.find(
    (v) => v.operatorSignedAt !== undefined && v.effectiveFrom <= at && (v.effectiveUntil === undefined || at < v.effectiveUntil),
  );
}

/** The last version that was in force at an instant or before it: rates outlive the contract. */
export function lastVersionBy(contract: Contract, at: Date): ContractVersion | undefined {
  return contract.versions
    .filter((v) => v.operatorSignedAt !== undefined && v.effectiveFrom <= at && v.effectiveUntil?.getTime() !== v.effectiveFrom.getTime())
    .sort((a, b) => a.effectiveFrom.getTime() - b.effectiveFrom.getTime())
    .at(-1);
}

/** The version that both have signed and that begins last: with its end the contract ends. */
export function finalVersion(contract: Contract): ContractVersion | undefined {
  return contract.versions
    .filter((v) => v.operatorSignedAt !== undefined && v.effectiveUntil?.getTime() !== v.effectiveFrom.getTime())
    .sort((a, b) => b.effectiveFrom.getTime() - a.effectiveFrom.getTime())[0];
}

/** The latest contract of a partner of which a version had begun by an instant: one that is only proposed says nothing yet. */
export function contractSpeaking(contracts: readonly Contract[], partnerId: string, at: Date): Contract | undefined {
  return contracts.findLast((one) => one.partnerId === partnerId && lastVersionBy(one, at) !== undefined);
}

/** The clauses of one kind in the version that was in force last, at an instant or before it: what a contract says also after its end. */
export function lastClausesBy<Kind extends ClauseKind>(contract: Contract | undefined, kind: Kind, at: Date): ClauseOf<Kind>[] {
  return clausesOf((contract && lastVersionBy(contract, at)?.clauses) ?? [], kind);
}

/** Where the contract stands in its life at an instant: domain 4.2. */
export function statusAt(contract: Contract, at: Date): ContractStatus {
  if (contract.tailEnd !== undefined && at >= contract.tailEnd) return 'TERMINATED';
  if (contract.burnEnd !== undefined && at >= contract.burnEnd) return 'TAIL';
  if (contract.earnEnd !== undefined && at >= contract.earnEnd) return 'RUN_OFF';
  const isNoticed = contract.noticeGivenAt !== undefined && at >= contract.noticeGivenAt;
  if (contract.suspendedAt !== undefined && at >= contract.suspendedAt && !(isNoticed && noticeFollowed(contract, contract.suspendedAt)))
    return 'SUSPENDED';
  if (isNoticed) return 'NOTICE';
  if (versionInForce(contract, at) !== undefined) return 'ACTIVE';
  if (lastVersionBy(contract, at) !== undefined) return 'RUN_OFF';
  const latest = contract.versions.findLast(({ proposedAt }) => proposedAt !== undefined);
  if (latest === undefined) return 'DRAFT';
  return latest.partnerSignedAt === undefined ? 'PROPOSED' : 'SIGNED';
}

/** A suspended contract of which ordinary notice is given stands in NOTICE, and stays suspended; notice with a cause is what suspends it. */
function noticeFollowed({ noticeGivenAt, terminationCause }: Contract, suspendedAt: Date): boolean {
  return terminationCause === undefined && noticeGivenAt !== undefined && suspendedAt <= noticeGivenAt;
}

/** Where one version stands at an instant. All are over with their contract. */
export function versionStatusAt({ tailEnd }: Contract, version: ContractVersion, at: Date): VersionStatus {
  if (version.proposedAt === undefined) return 'DRAFT';
  if (version.partnerSignedAt === undefined) return 'PROPOSED';
  if (version.operatorSignedAt === undefined) return 'SIGNED';
  if ([version.effectiveUntil, tailEnd].some((end) => end !== undefined && at >= end)) return 'ENDED';
  return at < version.effectiveFrom ? 'SIGNED_BOTH' : 'IN_FORCE';
}

/** Why nothing new can be agreed in a contract: notice has been given, or it is over. */
export function endOfTalks(contract: Contract, now: Date): string | undefined {
  if (contract.noticeGivenAt === undefined && statusAt(contract, now) !== 'TERMINATED') return undefined;
  return `The contract has ended, or notice of it has been given; a new one is possible from ${contract.tailEnd?.toISOString()} on.`;
}
