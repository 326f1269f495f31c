import { createUnionType, Field, InputType } from 'type-graphql';
import { CLAUSE_KINDS } from './clause-kinds.ts';
import { definitionOf } from './store-clauses.ts';

/** One field for each kind of clause: the fields come from the list of kinds. */
@InputType('ClauseInput', { description: 'One clause. Exactly one field is given.' })
export class ClauseInput {
  readonly [kind: string]: object | null | undefined;
}

for (const { kind, input, description } of CLAUSE_KINDS) {
  Field(() => input, { nullable: true, description })(ClauseInput.prototype, kind);
}

export const ClauseType = createUnionType({
  name: 'Clause',
  description: 'One rule of a contract version, with the fields and names of its input.',
  types: () => CLAUSE_KINDS.map(({ output }) => output),
  resolveType: (clause) => ('kind' in clause && typeof clause.kind === 'string' ? definitionOf(clause.kind).output : undefined),
});
