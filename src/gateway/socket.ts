import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, GraphQLError, type GraphQLSchema } from 'graphql';
import { CloseCode, type Disposable, type ServerOptions, type SubscribePayload } from 'graphql-ws';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { newId } from '../kernel/ids.ts';
import type { Context } from '../platform/graphql/context.ts';
import { unauthenticated } from '../platform/graphql/rights.ts';
import { type Authenticate, type Authenticated, hasExpired } from './authenticate.ts';
import { createDocumentCheck } from './documents.ts';
import { followEvents } from './follow-events.ts';
import type { GatewayConfig } from './gateway-config.ts';
import { checkCost, LIMITS, limitRules, nestsTooDeep } from './limits.ts';
import { type ContextSource, createEventContext, openContext } from './open-context.ts';
import { type ErrorPresentation, limitExceeded, presentErrors } from './present-errors.ts';
import { RefusedToken } from './tokens.ts';

interface SocketDependencies {
  readonly path: string;
  readonly schema: GraphQLSchema;
  readonly config: GatewayConfig;
  readonly authenticate: Authenticate;
  readonly source: ContextSource;
  readonly presentation: ErrorPresentation;
}

/** What we keep with a socket from the moment its connection is acknowledged. */
type Session = { authenticated: Authenticated; expiry: NodeJS.Timeout };

type Socket = Extra & Partial<Session>;

type Hooks = ServerOptions<Record<string, unknown>, Socket>;

const INIT_TIMEOUT_MS = 3_000;
const GOODBYE_MS = 1_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Serves graphql-transport-ws on the upgrade requests of one path. */
export function serveSockets(server: Server, { path, ...dependencies }: SocketDependencies): { close(): Promise<void> } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LIMITS.bodyBytes });
  const disposable = useServer<Record<string, unknown>, Session>({ ...hooks(dependencies), isProd: true }, sockets);
  server.on('upgrade', (request, stream: Duplex, head) => {
    if (request.url?.split('?', 1)[0] === path) {
      sockets.handleUpgrade(request, stream, head, (socket) => sockets.emit('connection', socket, request));
    } else {
      stream.on('error', () => stream.destroy());
      stream.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
    }
  });
  return { close: () => closeAll(sockets, disposable) };
}

/** Says goodbye to every client, and waits for an answer from none of them for long. */
async function closeAll(sockets: WebSocketServer, disposable: Disposable): Promise<void> {
  const impatience = setTimeout(() => {
    for (const client of sockets.clients) client.terminate();
  }, GOODBYE_MS);
  await disposable.dispose();
  clearTimeout(impatience);
}

function hooks({ schema, config, authenticate, source, presentation }: Omit<SocketDependencies, 'path'>): Hooks {
  const contextOfEvent = createEventContext(source);
  const check = createDocumentCheck(schema, limitRules(config));
  const contextOf = (socket: Socket): Promise<Context> =>
    openContext(source, socket.authenticated?.viewer ?? { role: 'ANONYMOUS' }, newId());

  async function prepare(socket: Socket, operation: SubscribePayload): Promise<ExecutionArgs | readonly GraphQLError[]> {
    const checked = check(operation.query);
    if ('errors' in checked) return checked.errors;
    const variables = operation.variables ?? {};
    if (nestsTooDeep(variables)) return [limitExceeded(`Variables may nest ${LIMITS.variableDepth} levels deep.`)];
    checkCost(schema, checked.document, operation.operationName ?? undefined, variables);
    return {
      schema,
      document: checked.document,
      operationName: operation.operationName,
      variableValues: variables,
      contextValue: await contextOf(socket),
    };
  }

  return {
    schema,
    connectionInitWaitTimeout: INIT_TIMEOUT_MS,
    async onConnect({ connectionParams, extra }) {
      try {
        extra.authenticated = await authenticate(authorizationOf(connectionParams));
        closeAtExpiry(extra);
        return true;
      } catch (error) {
        if (error instanceof RefusedToken) return false;
        presentation.log.error({ err: error }, 'a socket could not be opened');
        extra.socket.close(CloseCode.InternalServerError, 'Internal server error');
        return false;
      }
    },
    async onSubscribe({ extra, subscriptions }, _id, operation) {
      if (extra.authenticated !== undefined && hasExpired(extra.authenticated)) {
        extra.socket.close(CloseCode.Forbidden, 'Forbidden');
        return [unauthenticated()];
      }
      if (Object.keys(subscriptions).length > LIMITS.operationsPerSocket)
        return [limitExceeded(`A socket may carry ${LIMITS.operationsPerSocket} operations.`)];
      return prepare(extra, operation).catch((error: unknown) => [toGraphQLError(error)]);
    },
    subscribe: (args) => followEvents(args, () => contextOfEvent(contextIn(args))),
    onError: (_context, _id, _operation, errors) => presentErrors(errors, newId(), presentation),
    onNext: (_context, _id, _operation, args, result) => {
      if (result.errors === undefined) return undefined;
      return { ...result, errors: presentErrors(result.errors, contextIn(args).requestId, presentation) };
    },
    onClose({ extra }) {
      clearTimeout(extra.expiry);
    },
  };
}

function authorizationOf(parameters: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const value = parameters?.authorization ?? parameters?.Authorization;
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new RefusedToken('the authorization is not a string');
  return value;
}

/** A socket does not outlive its token. Timers hold 24 days at most, so a longer one is set again. */
function closeAtExpiry(socket: Socket): void {
  const expiresAt = socket.authenticated?.expiresAt;
  if (expiresAt === undefined) return;
  const left = expiresAt.getTime() - Date.now();
  if (left <= 0) socket.socket.close(CloseCode.Forbidden, 'Forbidden');
  else socket.expiry = setTimeout(() => closeAtExpiry(socket), Math.min(left, LONGEST_TIMER_MS));
}

function isContext(value: unknown): value is Context {
  return typeof value === 'object' && value !== null && 'viewer' in value && 'requestId' in value;
}

function contextIn({ contextValue }: ExecutionArgs): Context {
  if (!isContext(contextValue)) throw new Error('a subscription has no context');
  return contextValue;
}

function toGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  return new GraphQLError('Internal server error', {
    originalError: error instanceof Error ? error : new Error(String(error)),
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
  });
}
