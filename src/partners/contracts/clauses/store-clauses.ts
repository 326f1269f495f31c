import { toStoredJson } from '../../../platform/stored-json.ts';
import type { Clause } from '../clause.ts';
import type { ClauseDefinition } from './clause-definition.ts';
import { CLAUSE_KINDS } from './clause-kinds.ts';

/** A clause as storage has it: whole numbers as decimal strings, instants as text. */
export interface StoredClause {
  readonly kind: string;
}

const definitions = new Map<string, ClauseDefinition>(CLAUSE_KINDS.map((definition) => [definition.kind, definition]));

/** Everything about a kind of clause, by its name. */
export function definitionOf(kind: string): ClauseDefinition {
  const definition = definitions.get(kind);
  if (definition === undefined) throw new Error(`there is no clause of kind ${kind}`);
  return definition;
}

/** A clause from its stored form. */
export function restoreClause(stored: StoredClause): Clause {
  return { kind: stored.kind, ...definitionOf(stored.kind).parameters.parse(stored) } as Clause;
}

/** The stored form of a clause. */
export function storeClause(clause: Clause): StoredClause {
  return { ...toStoredJson(clause), kind: clause.kind };
}
