import { type Clause, type ClauseOf, clausesOf } from '../../clause.ts';

/** How the operator is named where a partner may stand, too. No partner has this code. */
export const OPERATOR = 'OPERATOR';

/** Who answers for a task about a transaction: code of a partner or OPERATOR. Where the contract says nothing, the partner whose transaction it is. */
export function responsibleFor(clauses: readonly Clause[], task: ClauseOf<'responsibility'>['task'], ownPartner: string): string {
  return clausesOf(clauses, 'responsibility').find((clause) => clause.task === task)?.party ?? ownPartner;
}
