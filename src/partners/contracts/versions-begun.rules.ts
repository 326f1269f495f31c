import { type ClauseKind, type ClauseOf, clausesOf } from './clause.ts';
import type { Contract, ContractVersion } from './contract.rules.ts';

/** The versions of a partner's contracts that both have signed and that had begun by an instant, the latest first: one that another replaced from its first instant on comes after it. */
export function versionsBegunBy(contracts: readonly Contract[], partnerId: string, at: Date): ContractVersion[] {
  return contracts
    .filter((contract) => contract.partnerId === partnerId)
    .flatMap(({ versions }) => versions)
    .filter(({ operatorSignedAt, effectiveFrom }) => operatorSignedAt !== undefined && effectiveFrom <= at)
    .toSorted(
      (a, b) =>
        b.effectiveFrom.getTime() - a.effectiveFrom.getTime() || Number(wasReplaced(a)) - Number(wasReplaced(b)) || b.number - a.number,
    );
}

const wasReplaced = ({ effectiveFrom, effectiveUntil }: ContractVersion): boolean => effectiveUntil?.getTime() === effectiveFrom.getTime();

/** The clause of one kind that a partner's contracts said last, at an instant or before it, also when later versions are silent. */
export function clauseSaidBy<Kind extends ClauseKind>(
  contracts: readonly Contract[],
  partnerId: string,
  kind: Kind,
  at: Date,
): ClauseOf<Kind> | undefined {
  return versionsBegunBy(contracts, partnerId, at).flatMap(({ clauses }) => clausesOf(clauses, kind))[0];
}
