import type { z } from 'zod';
import type { CLAUSE_KINDS } from './clauses/clause-kinds.ts';

type Definition = (typeof CLAUSE_KINDS)[number];

/** Parameters of each kind of clause, with the defaults of the wire filled in. Partners and point currencies are named by code. */
export type ClauseParameters = { readonly [D in Definition as D['kind']]: Readonly<z.infer<D['parameters']>> };

export type ClauseKind = keyof ClauseParameters;

/** A clause in force or proposed: its kind and parameters. */
export type Clause = { [Kind in ClauseKind]: { readonly kind: Kind } & ClauseParameters[Kind] }[ClauseKind];

export type ClauseOf<Kind extends ClauseKind> = Extract<Clause, { kind: Kind }>;

/** All clauses of one kind. */
export function clausesOf<Kind extends ClauseKind>(clauses: readonly Clause[], kind: Kind): ClauseOf<Kind>[] {
  return clauses.filter((clause): clause is ClauseOf<Kind> => clause.kind === kind);
}
