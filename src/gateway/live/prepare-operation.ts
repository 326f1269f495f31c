import { type ExecutionArgs, GraphQLError, type GraphQLSchema } from 'graphql';
import { z } from 'zod';
import { badInput } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { checkCost } from '../cost.ts';
import type { Documents } from '../documents.ts';
import type { FindDocument } from '../find-document.ts';
import { LIMITS, nestsTooDeep } from '../limits.ts';
import { limitExceeded } from '../present-errors.ts';

/** What is to be executed, or why it is not. */
export type PrepareOperation = (operation: unknown, context: () => Promise<Context>) => Promise<ExecutionArgs | readonly GraphQLError[]>;

/** An operation as a client sends it. */
const Operation = z.object({
  query: z.string().nullish(),
  documentId: z.string().nullish(),
  extensions: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});

const FORM = 'An operation is an object with `query` and, where needed, `operationName` and `variables`.';

/** Checks operations of sockets and streams as those of requests are checked; each document once. */
export function createPrepareOperation(schema: GraphQLSchema, documents: Documents, findDocument: FindDocument): PrepareOperation {
  async function prepare(given: unknown, context: () => Promise<Context>): Promise<ExecutionArgs | readonly GraphQLError[]> {
    const operation = Operation.safeParse(given);
    if (!operation.success) return [badInput(FORM)];
    const { query, operationName, variables } = operation.data;
    const found = findDocument(operation.data);
    if ('refused' in found) return [found.refused];
    const text = found.text ?? query;
    if (text === undefined || text === null) return [badInput(FORM)];
    const checked = documents.check(text);
    if ('errors' in checked) return checked.errors;
    if (nestsTooDeep(variables)) return [limitExceeded(`Variables may nest ${LIMITS.variableDepth} levels deep.`)];
    checkCost(schema, checked.document, operationName ?? undefined, variables ?? {});
    return {
      schema,
      document: checked.document,
      operationName: operationName ?? null,
      variableValues: variables ?? {},
      contextValue: await context(),
    };
  }

  return (operation, context) => prepare(operation, context).catch((error: unknown) => [toGraphQLError(error)]);
}

/** The context that an operation was prepared with. */
export function contextIn({ contextValue }: ExecutionArgs): Context {
  if (!isContext(contextValue)) throw new Error('an operation has no context');
  return contextValue;
}

function isContext(value: unknown): value is Context {
  return typeof value === 'object' && value !== null && 'viewer' in value && 'requestId' in value;
}

/** Any error as GraphQL says it. */
export function toGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  return new GraphQLError('Internal server error', {
    originalError: error instanceof Error ? error : new Error(String(error)),
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
  });
}
