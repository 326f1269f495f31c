import { type GraphQLError, type GraphQLResolveInfo, locatedError, type ResponsePath, responsePathAsArray } from 'graphql';
import type { Plan, PlannedField, Variables } from './plan.ts';
import type { Shape } from './shape.ts';

export type Path = ResponsePath | undefined;

/** One execution of a plan. */
export interface Run {
  readonly plan: Plan;
  readonly rootValue: unknown;
  readonly context: unknown;
  readonly variables: Variables;
  readonly errors: GraphQLError[];
  /** Places whose value is null because of an error: what fails below them later is of no interest any more. */
  readonly nulled: Set<Path>;
}

export const below = (prev: Path, key: string | number, typename?: string): ResponsePath => ({ prev, key, typename });

/** Null in place of a value that failed; where null is not allowed, the object around it fails instead. */
export function nullFor(run: Run, field: PlannedField, shape: Shape, path: ResponsePath, cause: unknown): null {
  const error = locatedError(cause, field.nodes, responsePathAsArray(path));
  if (shape.isRequired) throw error;
  collectError(run, path, error);
  return null;
}

export function collectError({ errors, nulled }: Run, path: Path, error: GraphQLError): void {
  for (let at = path; at !== undefined; at = at.prev) if (nulled.has(at)) return;
  if (nulled.has(undefined)) return;
  nulled.add(path);
  errors.push(error);
}

export function infoOf({ plan, rootValue, variables }: Run, field: PlannedField, path: ResponsePath): GraphQLResolveInfo {
  return {
    fieldName: field.name,
    fieldNodes: field.nodes,
    returnType: field.definition.type,
    parentType: field.parentType,
    path,
    schema: plan.schema,
    fragments: plan.fragments,
    rootValue,
    operation: plan.operation,
    variableValues: variables,
  };
}
