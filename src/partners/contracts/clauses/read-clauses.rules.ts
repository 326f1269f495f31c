import { done, invalid, type Outcome } from '../../../kernel/refusal.ts';
import { checkShape } from '../../../platform/check-shape.ts';
import { type Clause, clausesOf } from '../clause.ts';
import type { ClauseFacts } from './clause-definition.ts';
import { CLAUSE_KINDS } from './clause-kinds.ts';
import { definitionOf, restoreClause } from './store-clauses.ts';

/** Clauses as they are proposed: one field each, named after the kind. */
export type ProposedClause = Readonly<Record<string, object | null | undefined>>;

/** The clauses of a proposal, or the first thing wrong with them. */
export function readClauses(proposed: readonly ProposedClause[], facts: ClauseFacts): Outcome<readonly Clause[]> {
  const clauses: Clause[] = [];
  const taken = new Set<string>();
  for (const [at, one] of proposed.entries()) {
    const kind = onlyKind(one);
    const place = `clauses.${at}`;
    if (kind === undefined) return invalid(place, `Exactly one field is given: ${CLAUSE_KINDS.map((known) => known.kind).join(', ')}.`);
    const definition = definitionOf(kind);
    const parameters = checkShape(definition.parameters, one[kind], `${place}.${kind}`);
    if ('refused' in parameters) return parameters;
    const [problem] = definition.check(parameters.done, facts);
    if (problem !== undefined) return invalid(`${place}.${kind}.${problem.path}`, problem.message);
    for (const name of definition.uniqueBy(parameters.done).map((unique) => `${kind} ${unique}`)) {
      if (taken.has(name)) return invalid(`${place}.${kind}`, `A version has one clause of this kind for the same thing: ${name}.`);
      taken.add(name);
    }
    clauses.push(restoreClause({ kind, ...parameters.done }));
  }
  if (clausesOf(clauses, 'scope').length === 0) return invalid('clauses', 'A contract version has a scope clause.');
  return done(clauses);
}

function onlyKind(proposed: ProposedClause): string | undefined {
  const [kind, ...others] = Object.keys(proposed).filter((name) => proposed[name] !== undefined && proposed[name] !== null);
  return others.length === 0 ? kind : undefined;
}
