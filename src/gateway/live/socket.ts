import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode, handleProtocols, makeServer, type ServerOptions } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { newId } from '../../kernel/ids.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { unauthenticated } from '../../platform/graphql/rights.ts';
import { hasExpired } from '../authenticate.ts';
import { LIMITS } from '../limits.ts';
import { type ErrorPresentation, limitExceeded, presentErrors } from '../present-errors.ts';
import { RefusedToken } from '../tokens.ts';
import { createBacklog } from './backlog.ts';
import type { Delivery } from './delivery.ts';
import { holdId, silence } from './hold-id.ts';
import { createKeepAlive } from './keep-alive.ts';
import type { LiveDependencies } from './live-dependencies.ts';
import { contextIn } from './prepare-operation.ts';
import { requestSubscription } from './request-subscription.ts';
import { silently } from './silent-iteration.ts';
import { channelOf, type Session, TRY_AGAIN_LATER, takePlace } from './socket-session.ts';

type Hooks = ServerOptions<Record<string, unknown>, Session>;

const INIT_TIMEOUT_MS = 3_000;
const GOODBYE_MS = 1_000;
const GOING_AWAY = 1001;

/** Serves graphql-transport-ws on the upgrade requests of one path. */
export function serveSockets(server: Server, path: string, dependencies: LiveDependencies): { close(): Promise<void> } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LIMITS.bodyBytes, handleProtocols });
  const protocol = makeServer<Record<string, unknown>, Session>(hooks(dependencies));
  const keepAlive = createKeepAlive();
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head) => {
    if (request.url?.split('?', 1)[0] === path) {
      sockets.handleUpgrade(request, stream, head, (socket) => {
        keepAlive.add(socket);
        speak(protocol, socket, dependencies.presentation);
      });
    } else {
      stream.on('error', () => stream.destroy());
      stream.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
    }
  });
  return {
    async close() {
      keepAlive.stop();
      await closeAll(sockets);
    },
  };
}

/** Says goodbye to every client, so that it reconnects elsewhere, and waits for an answer from none of them for long. */
async function closeAll(sockets: WebSocketServer): Promise<void> {
  const impatience = setTimeout(() => {
    for (const client of sockets.clients) client.terminate();
  }, GOODBYE_MS);
  const closed = new Promise<void>((resolve) => sockets.close(() => resolve()));
  const gone = Array.from(sockets.clients, (client) => new Promise((resolve) => client.once('close', resolve)));
  for (const client of sockets.clients) client.close(GOING_AWAY, 'Going away: reconnect');
  await Promise.all([closed, ...gone]);
  clearTimeout(impatience);
}

type Protocol = ReturnType<typeof makeServer<Record<string, unknown>, Session>>;

/** Connects one socket with the protocol. */
function speak(protocol: Protocol, socket: WebSocket, { log }: ErrorPresentation): void {
  const backlog = createBacklog({
    bytes: () => socket.bufferedAmount,
    onTooSlow: () => {
      socket.close(TRY_AGAIN_LATER, 'Too slow: reconnect');
      // A client that reads nothing does not read this either.
      setTimeout(() => socket.terminate(), GOODBYE_MS).unref();
    },
  });
  const fail = (error: unknown): void => {
    log.error({ err: error }, 'a socket failed');
    socket.close(CloseCode.InternalServerError, 'Internal server error');
  };
  // What a client does wrong below the protocol, such as a frame that is too large, ends its socket.
  socket.on('error', () => socket.terminate());
  const deliveries = new Set<Delivery>();
  // The library's own timer would be kept as long as the socket.
  const initTimeout = setTimeout(
    () => socket.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout'),
    INIT_TIMEOUT_MS,
  );
  const session: Session = { socket, backlog, deliveries, initTimeout };
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (data) => void (socket.readyState === socket.OPEN && socket.send(data)),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (handle) => socket.on('message', (data) => void handle(String(data)).catch(fail)),
    },
    session,
  );
  socket.once('close', (code, reason) => {
    clearTimeout(session.initTimeout);
    backlog.forget();
    for (const delivery of deliveries) delivery.stop();
    void Promise.resolve(closed(code, String(reason))).catch(fail);
  });
}

function hooks({ schema, execute, authenticate, openContext, presentation, prepare, audiences, seats }: LiveDependencies): Hooks {
  /** Whose operation it is that is being executed. */
  const places = new WeakMap<object, { readonly session: Session; readonly id: string; readonly isReplaced: () => boolean }>();
  const contextOf = (session: Session): Promise<Context> =>
    openContext({ viewer: session.authenticated?.viewer ?? { role: 'ANONYMOUS' }, requestId: newId() });

  return {
    schema,
    execute,
    connectionInitWaitTimeout: 0,
    async onConnect(connection) {
      const { connectionParams, extra } = connection;
      // The token has served, and would be kept with every socket.
      Reflect.deleteProperty(connection, 'connectionParams');
      clearTimeout(extra.initTimeout);
      extra.initTimeout = undefined;
      try {
        const authenticated = await authenticate(authorizationOf(connectionParams));
        if (extra.socket.readyState !== extra.socket.OPEN) return false;
        return takePlace(extra, authenticated, seats);
      } catch (error) {
        if (error instanceof RefusedToken) return false;
        presentation.log.error({ err: error }, 'a socket could not be opened');
        extra.socket.close(CloseCode.InternalServerError, 'Internal server error');
        return false;
      }
    },
    async onSubscribe({ extra, subscriptions }, id, operation) {
      if (extra.authenticated !== undefined && hasExpired(extra.authenticated)) {
        extra.socket.close(CloseCode.Forbidden, 'Forbidden');
        return [unauthenticated()];
      }
      // A client that uses one id again and again has as many under way all the same.
      if (Math.max(Object.keys(subscriptions).length - 1, extra.deliveries.size) >= LIMITS.operationsPerSocket)
        return [limitExceeded(`A socket may carry ${LIMITS.operationsPerSocket} operations.`)];
      const isReplaced = holdId(subscriptions, id);
      const prepared = await prepare(operation, () => contextOf(extra));
      // The protocol keeps the message as long as the subscription lasts; the document is kept once for all.
      Object.assign(operation, { query: '' });
      if (isReplaced()) return silence();
      if (!Array.isArray(prepared)) places.set(prepared, { session: extra, id, isReplaced });
      return prepared;
    },
    async subscribe(args) {
      const place = places.get(args);
      if (place === undefined) throw new Error('a subscription comes from no socket');
      const requested = await requestSubscription(args, audiences);
      if (!('begin' in requested)) return requested;
      return silently(requested, place.session.deliveries, channelOf(place.session, place.id));
    },
    async onOperation(_context, _id, _operation, args, operationResult) {
      const place = places.get(args);
      places.delete(args);
      if (place?.isReplaced() !== true) return;
      const result = await operationResult;
      if (Symbol.asyncIterator in result) await result[Symbol.asyncIterator]().return?.();
      await silence();
    },
    onError: (_context, _id, _operation, errors) => presentErrors(errors, newId(), presentation),
    onNext: (_context, _id, _operation, args, result) => {
      if (result.errors === undefined) return undefined;
      return { ...result, errors: presentErrors(result.errors, contextIn(args).requestId, presentation) };
    },
    onClose({ extra }) {
      extra.cancelExpiry?.();
      extra.leaveSeat?.();
    },
  };
}

function authorizationOf(parameters: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const value = parameters?.authorization ?? parameters?.Authorization;
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new RefusedToken('the authorization is not a string');
  return value;
}
