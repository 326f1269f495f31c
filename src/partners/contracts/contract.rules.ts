import { type Clause, type ClauseKind, type ClauseOf, clausesOf } from './clause.ts';

export const CONTRACT_STATUSES = ['DRAFT', 'PROPOSED', 'SIGNED', 'ACTIVE', 'SUSPENDED', 'NOTICE', 'RUN_OFF', 'TAIL', 'TERMINATED'] as const;
export type ContractStatus = (typeof CONTRACT_STATUSES)[number];

export interface ContractVersion {
  readonly id: string;
  readonly number: number;
  readonly clauses: readonly Clause[];
  readonly proposedAt: Date;
  readonly partnerSignedAt: Date | undefined;
  readonly operatorSignedAt: Date | undefined;
  readonly effectiveFrom: Date;
  readonly effectiveUntil: Date | undefined;
}

/** A contract with all its versions, in the order of their numbers. */
export interface Contract {
  readonly id: string;
  readonly no: number;
  readonly partnerId: string;
  readonly versions: readonly ContractVersion[];
  readonly suspendedAt: Date | undefined;
  readonly noticeGivenAt: Date | undefined;
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

/** The clauses of one kind in the version that was in force last, at an instant or before it: what a contract says also after its end. */
export function lastClausesBy<Kind extends ClauseKind>(contract: Contract | undefined, kind: Kind, at: Date): ClauseOf<Kind>[] {
  return clausesOf((contract && lastVersionBy(contract, at)?.clauses) ?? [], kind);
}

/** Where the contract stands in its life at an instant: domain 4.2. */
export function statusAt(contract: Contract, at: Date): ContractStatus {
  if (contract.tailEnd !== undefined && at >= contract.tailEnd) return 'TERMINATED';
  if (contract.burnEnd !== undefined && at >= contract.burnEnd) return 'TAIL';
  if (contract.earnEnd !== undefined && at >= contract.earnEnd) return 'RUN_OFF';
  if (contract.suspendedAt !== undefined && at >= contract.suspendedAt) return 'SUSPENDED';
  if (contract.noticeGivenAt !== undefined && at >= contract.noticeGivenAt) return 'NOTICE';
  if (versionInForce(contract, at) !== undefined) return 'ACTIVE';
  if (lastVersionBy(contract, at) !== undefined) return 'RUN_OFF';
  const latest = contract.versions.at(-1);
  if (latest === undefined) return 'DRAFT';
  return latest.partnerSignedAt === undefined ? 'PROPOSED' : 'SIGNED';
}
