import Fastify, { type FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import pino, { type Logger } from 'pino';
import { newId } from '../kernel/ids.ts';
import { answerInJson } from './answer-in-json.ts';
import { createAuthenticate } from './authenticate.ts';
import { createDocuments } from './documents.ts';
import { serveEditorFiles } from './editor.ts';
import { endConnectionsInOrder } from './end-connections.ts';
import type { Opening } from './executed-by.ts';
import { createExecute } from './execution/create-execute.ts';
import { createFindDocument } from './find-document.ts';
import type { GatewayDependencies } from './gateway-config.ts';
import { startGraphQLServer } from './graphql-server.ts';
import { serveHealth } from './health.ts';
import { LIMITS, limitRules } from './limits.ts';
import { createEventStreams } from './live/event-streams.ts';
import { liveDependencies } from './live/live-dependencies.ts';
import { serveSockets } from './live/socket.ts';
import { openContext, openUnread } from './open-context.ts';
import { buildGatewaySchema } from './schema.ts';
import { GRAPHQL_PATH, serveGraphQL } from './serve-graphql.ts';
import { readTrustedDocuments } from './trusted-documents.ts';

export interface Gateway {
  readonly port: number;
  close(): Promise<void>;
}

export interface GatewayOptions extends GatewayDependencies {
  readonly log?: Logger;
  /** Another schema than that of all domains. */
  readonly schema?: GraphQLSchema;
}

/** Connections that wait to be taken: after a restart all clients come at once. */
const BACKLOG = 4_096;
/** How long a client may take to send its request. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Serves GraphQL over HTTP and sockets, the health checks and the editor. */
export async function startGateway({ config, db, log = pino({ level: 'silent' }), schema: given }: GatewayOptions): Promise<Gateway> {
  const schema = given ?? (await buildGatewaySchema());
  const presentation = { log, suggestions: config.suggestions };
  const authenticate = createAuthenticate({ config, db });
  const source = { db, sandbox: config.sandbox };
  const opening: Opening = { read: (asking) => openContext(source, asking), unread: (asking) => openUnread(source, asking) };
  const execute = createExecute(schema);
  const documents = createDocuments(schema, limitRules(config));
  const trusted = config.trustedDocuments === undefined ? new Map() : readTrustedDocuments(config.trustedDocuments, documents);
  const findDocument = createFindDocument({ trusted, only: config.onlyTrustedDocuments === true });
  const graphql = await startGraphQLServer({ schema, execute, opening, documents, config, presentation });

  const app = Fastify({
    bodyLimit: LIMITS.bodyBytes,
    exposeHeadRoutes: false,
    genReqId: newId,
    requestTimeout: REQUEST_TIMEOUT_MS,
  });
  endConnectionsInOrder(app.server);
  answerInJson(app, log);
  serveHealth(app, db);
  if (config.editor) serveEditorFiles(app);
  const live = liveDependencies({ schema, execute, documents, findDocument, config, authenticate, source, presentation });
  const streams = createEventStreams(live);
  serveGraphQL(app, graphql, config.editor, {
    authenticate: (request) => authenticate(request.headers.authorization, request.socket),
    findDocument,
    streams,
  });
  const sockets = serveSockets(app.server, GRAPHQL_PATH, live);

  await app.listen({ host: config.host, port: config.port, backlog: BACKLOG });
  return {
    port: portOf(app),
    async close() {
      streams.close();
      await sockets.close();
      await app.close();
      await graphql.stop();
    },
  };
}

function portOf(app: FastifyInstance): number {
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}
