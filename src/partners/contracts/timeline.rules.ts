import { clausesOf } from './clause.ts';
import { type Timeline, timelineFromEnd } from './clauses/termination/termination.rules.ts';
import { type Contract, type ContractVersion, finalVersion } from './contract.rules.ts';

/**
 * Until when a contract grants what, and when it is over: fixed by the notice, but never later than by the end of the last version that
 * both have signed; without a notice by that end, if the version has a termination clause. Nothing while a version is open.
 */
export function timelineOf(contract: Contract, timeZone: string): Timeline | undefined {
  const last = finalVersion(contract);
  const end = last?.effectiveUntil;
  const [terms] = clausesOf(last?.clauses ?? [], 'termination');
  const byDate = terms && end && timelineFromEnd(terms, end, timeZone);
  const { noticeGivenAt, earnEnd, burnEnd, tailEnd } = contract;
  if (noticeGivenAt === undefined) return byDate;
  if (earnEnd === undefined || burnEnd === undefined || tailEnd === undefined) return undefined;
  const own = byDate ?? { earnEnd: end, burnEnd: end, tailEnd: undefined };
  return { earnEnd: earlier(earnEnd, own.earnEnd), burnEnd: earlier(burnEnd, own.burnEnd), tailEnd: earlier(tailEnd, own.tailEnd) };
}

/** The contract with the timeline that follows from its notice and versions. */
export function withTimeline(contract: Contract, timeZone: string): Contract {
  const timeline = timelineOf(contract, timeZone);
  return { ...contract, earnEnd: timeline?.earnEnd, burnEnd: timeline?.burnEnd, tailEnd: timeline?.tailEnd };
}

/** Until when members burn and exchange by a version: the last of a contract is run off, and no other outlasts burnEnd. */
export function burnsUntil(contract: Contract, version: ContractVersion): Date | undefined {
  const { burnEnd } = contract;
  if (burnEnd === undefined) return version.effectiveUntil;
  return finalVersion(contract)?.number === version.number ? burnEnd : earlier(burnEnd, version.effectiveUntil);
}

function earlier(one: Date, other: Date | undefined): Date {
  return other !== undefined && other < one ? other : one;
}
