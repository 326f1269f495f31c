import { clausesOf } from './clause.ts';
import { type Timeline, timelineFromEnd } from './clauses/termination/termination.rules.ts';
import type { Contract } from './contract.rules.ts';

/**
 * Until when a contract grants what, and when it is over: fixed by the notice; without one by the end of the last version that both have
 * signed, if it has a termination clause. Nothing while a version is open.
 */
export function timelineOf(contract: Contract, timeZone: string): Timeline | undefined {
  const { noticeGivenAt, earnEnd, burnEnd, tailEnd } = contract;
  if (noticeGivenAt !== undefined) return earnEnd && burnEnd && tailEnd && { earnEnd, burnEnd, tailEnd };
  const [last] = contract.versions
    .filter((version) => version.operatorSignedAt !== undefined && version.effectiveUntil?.getTime() !== version.effectiveFrom.getTime())
    .sort((a, b) => b.effectiveFrom.getTime() - a.effectiveFrom.getTime());
  const [terms] = clausesOf(last?.clauses ?? [], 'termination');
  return terms && last?.effectiveUntil && timelineFromEnd(terms, last.effectiveUntil, timeZone);
}

/** The contract with the timeline that follows from its notice and versions. */
export function withTimeline(contract: Contract, timeZone: string): Contract {
  const timeline = timelineOf(contract, timeZone);
  return { ...contract, earnEnd: timeline?.earnEnd, burnEnd: timeline?.burnEnd, tailEnd: timeline?.tailEnd };
}
