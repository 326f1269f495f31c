import type { ClassType } from 'type-graphql';
import type { z } from 'zod';

/** What a clause may name: the coalition in which it is to stand. */
export interface ClauseFacts {
  readonly settlementCurrency: string;
  /** Code of the partner whose contract it is. */
  readonly partner: string;
  isPartner(code: string): boolean;
  isPointCurrency(code: string): boolean;
  /** Code of the partner whose points these are; undefined for a currency of the coalition. */
  issuerOf(currency: string): string | undefined;
}

/** The same, with what stands beside the clause in its version. */
export interface VersionFacts extends ClauseFacts {
  /** Whether an issuance clause of the version is for this point currency. */
  issues(currency: string): boolean;
  /** The handling fees of its acceptance clauses, each once. */
  readonly handlingFeesBps: readonly number[];
}

/** Something wrong with a clause; `path` leads from the clause to the field, such as `rate.numerator`. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** All there is to say about one kind of clause. */
export interface ClauseDefinition<Kind extends string = string, Parameters extends z.ZodObject = z.ZodObject> {
  readonly kind: Kind;
  readonly description: string;
  /** How it is written in the API, and how it is shown. */
  readonly input: ClassType;
  readonly output: ClassType;
  /** The shape and range of its parameters, from the API and from storage alike. */
  readonly parameters: Parameters;
  /** Names under which a contract version has at most one clause of this kind. */
  uniqueBy(clause: z.infer<Parameters>): readonly string[];
  /** What the shape cannot say. */
  check(clause: z.infer<Parameters>, facts: VersionFacts): readonly Problem[];
}

export function defineClause<Kind extends string, Parameters extends z.ZodObject>(
  definition: ClauseDefinition<Kind, Parameters>,
): ClauseDefinition<Kind, Parameters> {
  return definition;
}
