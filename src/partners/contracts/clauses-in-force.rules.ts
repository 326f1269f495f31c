import { type ClauseKind, type ClauseOf, clausesOf } from './clause.ts';
import { type Contract, type ContractStatus, statusAt, versionInForce } from './contract.rules.ts';

const OVER: readonly ContractStatus[] = ['TAIL', 'TERMINATED'];

/** Whether the partner has left: nothing is earned or burned there any more. */
export function isOver(contract: Contract, at: Date): boolean {
  return OVER.includes(statusAt(contract, at));
}

/** The clauses of one kind that hold at an instant: those of the version in force, until earning and burning have ended. */
export function clausesInForce<Kind extends ClauseKind>(contract: Contract | undefined, kind: Kind, at: Date): ClauseOf<Kind>[] {
  if (contract === undefined || isOver(contract, at)) return [];
  return clausesOf(versionInForce(contract, at)?.clauses ?? [], kind);
}
