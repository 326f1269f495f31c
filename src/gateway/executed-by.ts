import type { ApolloServerOptions, GraphQLRequestListener, HTTPGraphQLHead, HTTPGraphQLRequest } from '@apollo/server';
import { type ExecutionResult, type GraphQLSchema, OperationTypeNode } from 'graphql';
import { showCoalition } from '../partners/load-coalition.ts';
import type { Execute } from './execution/create-execute.ts';
import type { Opened } from './open-context.ts';

/** How Apollo Server is told to execute with `execute`. */
interface Execution {
  readonly gateway: NonNullable<ApolloServerOptions<Opened>['gateway']>;
  readonly execution: Pick<GraphQLRequestListener<Opened>, 'responseForOperation'>;
}

type Executed = Pick<
  Parameters<NonNullable<GraphQLRequestListener<Opened>['responseForOperation']>>[0],
  'document' | 'request' | 'contextValue'
> & {
  readonly operation?: { readonly operation: OperationTypeNode } | undefined;
};

/**
 * An answer without errors is handed to the library as one that is there already: it has nothing more to do with it. One with errors is given
 * by what the library knows as a gateway, which is the way to bring one's own execution, so that it is treated as all errors are.
 */
export function executedBy(
  schema: GraphQLSchema,
  execute: Execute,
  headOf: (request: HTTPGraphQLRequest | undefined) => HTTPGraphQLHead,
): Execution {
  const executed = new WeakMap<Opened, Promise<ExecutionResult>>();

  async function run({ document, operation, request: { operationName, variables }, contextValue: { context, reading } }: Executed) {
    // What a mutation has changed is read after it.
    if (operation?.operation === OperationTypeNode.QUERY) showCoalition(context, reading);
    return execute({ document, operationName, variableValues: variables, contextValue: context });
  }

  return {
    gateway: {
      onSchemaLoadOrUpdate(show) {
        show({ apiSchema: schema, coreSupergraphSdl: '' });
        return () => undefined;
      },
      load: async () => ({
        async executor({ context }) {
          const result = await executed.get(context as Opened);
          if (result === undefined) throw new Error('an operation was not executed');
          return result;
        },
      }),
      stop: async () => undefined,
    },
    execution: {
      async responseForOperation(request) {
        const running = run(request);
        try {
          const result = await running;
          if (result.errors === undefined)
            return { http: headOf(request.request.http), body: { kind: 'single', singleResult: { data: result.data } } };
        } catch {
          // It is thrown again where the library expects it.
        }
        executed.set(request.contextValue, running);
        return null;
      },
    },
  };
}
