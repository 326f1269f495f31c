import {
  ApolloServer,
  type ApolloServerPlugin,
  type GraphQLRequestListener,
  type HTTPGraphQLRequest,
  type HTTPGraphQLResponse,
} from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLError, GraphQLSchema } from 'graphql';
import { badInput } from '../platform/graphql/connection.ts';
import { createContentTypes } from './content-types.ts';
import { checkCost } from './cost.ts';
import type { Documents } from './documents.ts';
import { type Carried, executedBy, type Opening } from './executed-by.ts';
import type { Execute } from './execution/create-execute.ts';
import type { GatewayConfig } from './gateway-config.ts';
import { LIMITS, limitRules } from './limits.ts';
import type { Asking } from './open-context.ts';
import { codeOf, type ErrorPresentation, presentErrors, SERVICE_UNAVAILABLE } from './present-errors.ts';

export interface GraphQLOverHttp {
  /** Throws what kept the request from being executed, such as a database that is away. */
  answer(request: HTTPGraphQLRequest, asking: Asking): Promise<HTTPGraphQLResponse>;
  /** Whether a request of this answer was well formed, so that clients of plain JSON get status 200. */
  isMistakeInDocument(request: HTTPGraphQLRequest): boolean;
  stop(): Promise<void>;
}

export interface GraphQLServerParts {
  readonly schema: GraphQLSchema;
  readonly execute: Execute;
  readonly opening: Opening;
  readonly documents: Documents;
  readonly config: GatewayConfig;
  readonly presentation: ErrorPresentation;
}

type Listener = GraphQLRequestListener<Carried>;

const NOTHING = Promise.resolve();
const MISTAKES = new Set(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'OPERATION_RESOLUTION_FAILURE', 'BAD_USER_INPUT']);

/** Apollo Server with our limits and our way to say errors. */
export async function startGraphQLServer({
  schema,
  execute,
  opening,
  documents,
  config,
  presentation,
}: GraphQLServerParts): Promise<GraphQLOverHttp> {
  const mistaken = new WeakSet<HTTPGraphQLRequest>();
  const contentTypes = createContentTypes();
  const { gateway, execution } = executedBy({ schema, execute, opening, headOf: contentTypes.headOf });
  const server = new ApolloServer<Carried>({
    gateway,
    logger: presentation.log,
    documentStore: documents.store,
    nodeEnv: 'production',
    introspection: true, // or a rule of ours refuses it, on sockets as well
    csrfPrevention: false, // the HTTP layer decides which requests a foreign page could have sent
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: LIMITS.tokens },
    validationOptions: { maxErrors: LIMITS.errors },
    validationRules: limitRules(config),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      always({ ...limitCost(schema), ...execution, ...sayErrors(mistaken, presentation) }),
    ],
  });
  await server.start();
  return {
    async answer(request, { viewer, requestId }) {
      const failure: Carried['failure'] = {};
      const response = await server.executeHTTPGraphQLRequest({
        httpGraphQLRequest: request,
        context: async () => ({ viewer, requestId, failure }),
      });
      if ('error' in failure) throw failure.error;
      contentTypes.learn(request, response);
      return response;
    },
    isMistakeInDocument: (request) => mistaken.has(request),
    stop: () => server.stop(),
  };
}

/** What listens to every request alike, and so is not made anew for each. */
function always(listener: Listener): ApolloServerPlugin<Carried> {
  const heard = Promise.resolve(listener);
  return { requestDidStart: () => heard };
}

function limitCost(schema: GraphQLSchema): Listener {
  return {
    didResolveOperation({ document, operation, request, operationName }) {
      if (operation?.operation === 'subscription')
        throw badInput('Subscriptions go over the socket at the same address, graphql-transport-ws, or with `accept: text/event-stream`.');
      checkCost(schema, document, operationName ?? undefined, request.variables ?? {});
      return NOTHING;
    },
  };
}

function sayErrors(mistaken: WeakSet<HTTPGraphQLRequest>, presentation: ErrorPresentation): Listener {
  return {
    willSendResponse({ request, response, errors, contextValue }) {
      if (errors === undefined || response.body.kind !== 'single') return NOTHING;
      const { singleResult } = response.body;
      singleResult.errors = presentErrors(errors, contextValue.requestId, presentation);
      if (request.http !== undefined && errors.every(isMistake)) mistaken.add(request.http);
      if (singleResult.data !== undefined && singleResult.data !== null) response.http.status = 200;
      else if (singleResult.errors.some(({ extensions }) => extensions?.code === SERVICE_UNAVAILABLE)) {
        response.http.status = 503;
        response.http.headers.set('retry-after', '1');
      }
      return NOTHING;
    },
  };
}

function isMistake(error: GraphQLError): boolean {
  return error.path === undefined && MISTAKES.has(codeOf(error));
}
