import type { ApolloServerOptions, GraphQLRequestListener, HTTPGraphQLHead, HTTPGraphQLRequest } from '@apollo/server';
import { type ExecutionResult, type GraphQLSchema, type OperationDefinitionNode, OperationTypeNode } from 'graphql';
import { showCoalition } from '../partners/load-coalition.ts';
import type { Context } from '../platform/graphql/context.ts';
import type { Execute } from './execution/create-execute.ts';
import type { Asking, Opened } from './open-context.ts';
import { refusedRequest, SERVICE_UNAVAILABLE } from './present-errors.ts';
import { readsItself } from './reads-itself.ts';

/** A request as Apollo Server carries it. */
export interface Carried extends Asking {
  /** What went wrong before anything was executed. */
  readonly failure: { error?: unknown };
}

/** Opens the context of a request: with what is read for it, or before anything is. */
export interface Opening {
  read(asking: Asking): Promise<Opened>;
  unread(asking: Asking): Context;
}

interface Parts {
  readonly schema: GraphQLSchema;
  readonly execute: Execute;
  readonly opening: Opening;
  headOf(request: HTTPGraphQLRequest | undefined): HTTPGraphQLHead;
}

/** How Apollo Server is told to execute with `execute`. */
interface Execution {
  readonly gateway: NonNullable<ApolloServerOptions<Carried>['gateway']>;
  readonly execution: Pick<GraphQLRequestListener<Carried>, 'responseForOperation'>;
}

type Executed = Pick<
  Parameters<NonNullable<GraphQLRequestListener<Carried>['responseForOperation']>>[0],
  'document' | 'request' | 'contextValue'
> & {
  readonly operation?: OperationDefinitionNode | undefined;
};

const NOT_EXECUTED: ExecutionResult = { errors: [refusedRequest(SERVICE_UNAVAILABLE, 'Nothing was executed.')] };

/**
 * An answer without errors is handed to the library as one that is there already: it has nothing more to do with it. One with errors is given
 * by what the library knows as a gateway, which is the way to bring one's own execution, so that it is treated as all errors are.
 */
export function executedBy({ schema, execute, opening, headOf }: Parts): Execution {
  const executed = new WeakMap<Carried, Promise<ExecutionResult>>();

  async function open(operation: OperationDefinitionNode | undefined, asking: Asking): Promise<Context> {
    if (operation !== undefined && readsItself(operation)) return opening.unread(asking);
    const { context, reading } = await opening.read(asking);
    // What a mutation has changed is read after it.
    if (operation?.operation === OperationTypeNode.QUERY) showCoalition(context, reading);
    return context;
  }

  async function run({ document, operation, request: { operationName, variables }, contextValue }: Executed): Promise<ExecutionResult> {
    let context: Context;
    try {
      context = await open(operation, contextValue);
    } catch (error) {
      contextValue.failure.error = error;
      return NOT_EXECUTED;
    }
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
          const result = await executed.get(context as Carried);
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
