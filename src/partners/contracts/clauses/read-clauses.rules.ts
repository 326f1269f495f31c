import { done, invalid, type Outcome } from '../../../kernel/refusal.ts';
import { checkShape } from '../../../platform/check-shape.ts';
import { type Clause, clausesOf } from '../clause.ts';
import type { ClauseFacts, VersionFacts } from './clause-definition.ts';
import { CLAUSE_KINDS } from './clause-kinds.ts';
import { definitionOf, restoreClause } from './store-clauses.ts';

/** Clauses as they are proposed: one field each, named after the kind. */
export type ProposedClause = Readonly<Record<string, object | null | undefined>>;

/** The clauses of a proposal, or the first thing wrong with them. */
export function readClauses(proposed: readonly ProposedClause[], facts: ClauseFacts): Outcome<readonly Clause[]> {
  const clauses = readShapes(proposed);
  if ('refused' in clauses) return clauses;
  const issued = new Set(clausesOf(clauses.done, 'issuance').map(({ currency }) => currency));
  const handlingFeesBps = [...new Set(clausesOf(clauses.done, 'acceptance').map((clause) => clause.handlingFeeBps))];
  const inVersion: VersionFacts = { ...facts, issues: (currency) => issued.has(currency), handlingFeesBps };
  const taken = new Set<string>();
  for (const [at, { kind, ...parameters }] of clauses.done.entries()) {
    const definition = definitionOf(kind);
    const place = `clauses.${at}.${kind}`;
    const [problem] = definition.check(parameters, inVersion);
    if (problem !== undefined) return invalid(`${place}.${problem.path}`, problem.message);
    for (const name of definition.uniqueBy(parameters).map((unique) => `${kind} ${unique}`)) {
      if (taken.has(name)) return invalid(place, `A version has one clause of this kind for the same thing: ${name}.`);
      taken.add(name);
    }
  }
  if (clausesOf(clauses.done, 'scope').length === 0) return invalid('clauses', 'A contract version has a scope clause.');
  return clauses;
}

/** Each clause by itself, in the order of the proposal. */
function readShapes(proposed: readonly ProposedClause[]): Outcome<readonly Clause[]> {
  const clauses: Clause[] = [];
  for (const [at, one] of proposed.entries()) {
    const kind = onlyKind(one);
    if (kind === undefined)
      return invalid(`clauses.${at}`, `Exactly one field is given: ${CLAUSE_KINDS.map((known) => known.kind).join(', ')}.`);
    const parameters = checkShape(definitionOf(kind).parameters, one[kind], `clauses.${at}.${kind}`);
    if ('refused' in parameters) return parameters;
    clauses.push(restoreClause({ kind, ...parameters.done }));
  }
  return done(clauses);
}

function onlyKind(proposed: ProposedClause): string | undefined {
  const [kind, ...others] = Object.keys(proposed).filter((name) => proposed[name] !== undefined && proposed[name] !== null);
  return others.length === 0 ? kind : undefined;
}
