import type { Coalition } from '../../partners/coalition.ts';
import { type ClauseKind, type ClauseOf, clausesOf } from '../../partners/contracts/clause.ts';
import { lastClausesBy, lastVersionBy } from '../../partners/contracts/contract.rules.ts';
import type { Partner } from '../../partners/partner.ts';

/** A clause and the partner in whose contract it stands. */
export interface Standing<Kind extends ClauseKind> {
  readonly partner: Partner;
  readonly clause: ClauseOf<Kind>;
}

/** Clauses of one kind of all contracts as they were said last, also after a contract's end: what was agreed on activity of the cycle. By partner code. */
export function clausesSaid<Kind extends ClauseKind>(coalition: Coalition, kind: Kind, now: Date): Standing<Kind>[] {
  return byCode(coalition).flatMap((partner) =>
    lastClausesBy(coalition.contractAt(partner.id, now), kind, now).map((clause) => ({ partner, clause })),
  );
}

/** The same, where something is owed for the cycle itself: only of versions that were in force in it, and not once earning has ended before it. */
export function clausesOfCycle<Kind extends ClauseKind>(coalition: Coalition, kind: Kind, startsAt: Date, now: Date): Standing<Kind>[] {
  return byCode(coalition).flatMap((partner) => {
    const contract = coalition.contractAt(partner.id, now);
    const version = contract && lastVersionBy(contract, now);
    if (version === undefined || (version.effectiveUntil !== undefined && version.effectiveUntil <= startsAt)) return [];
    if (contract?.earnEnd !== undefined && contract.earnEnd <= startsAt) return [];
    return clausesOf(version.clauses, kind).map((clause) => ({ partner, clause }));
  });
}

function byCode({ partners }: Coalition): Partner[] {
  return partners.toSorted((a, b) => (a.code < b.code ? -1 : 1));
}
