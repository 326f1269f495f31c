import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { GraphQLError, GraphQLSchema } from 'graphql';
import pino, { type Logger } from 'pino';
import { newId } from '../kernel/ids.ts';
import type { Viewer } from '../kernel/viewer.ts';
import { isDatabaseAway } from '../platform/database-faults.ts';
import { type Authenticated, createAuthenticate } from './authenticate.ts';
import { createDocuments } from './documents.ts';
import { sendEditor, serveEditorFiles } from './editor.ts';
import { endConnectionsInOrder } from './end-connections.ts';
import { createExecute } from './execution/create-execute.ts';
import { createFindDocument, type FindDocument } from './find-document.ts';
import type { GatewayDependencies } from './gateway-config.ts';
import { isSentByBrowserWindow, isSentByProgram } from './get-requests.ts';
import { toGraphQLRequest } from './graphql-request.ts';
import { type GraphQLOverHttp, startGraphQLServer } from './graphql-server.ts';
import { serveHealth } from './health.ts';
import { LIMITS, limitRules, nestsTooDeep } from './limits.ts';
import { createEventStreams, type EventStreams, wantsEventStream } from './live/event-streams.ts';
import { liveDependencies } from './live/live-dependencies.ts';
import { serveSockets } from './live/socket.ts';
import { type Opened, openContext } from './open-context.ts';
import { AWAY, LIMIT_EXCEEDED, SERVICE_UNAVAILABLE } from './present-errors.ts';
import { buildGatewaySchema } from './schema.ts';
import { RefusedToken } from './tokens.ts';
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

const GRAPHQL_PATH = '/graphql';
/** Connections that wait to be taken: after a restart all clients come at once. */
const BACKLOG = 4_096;
/** Answers of so many characters are no small ones. */
const LONG_ANSWER = 16_384;
/** How long a client may take to send its request. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Serves GraphQL over HTTP and sockets, the health checks and the editor. */
export async function startGateway({ config, db, log = pino({ level: 'silent' }), schema: given }: GatewayOptions): Promise<Gateway> {
  const schema = given ?? (await buildGatewaySchema());
  const presentation = { log, suggestions: config.suggestions };
  const authenticate = createAuthenticate({ config, db });
  const source = { db, sandbox: config.sandbox };
  const execute = createExecute(schema);
  const documents = createDocuments(schema, limitRules(config));
  const trusted = config.trustedDocuments === undefined ? new Map() : readTrustedDocuments(config.trustedDocuments, documents);
  const findDocument = createFindDocument({ trusted, only: config.onlyTrustedDocuments === true });
  const graphql = await startGraphQLServer({ schema, execute, documents, config, presentation });

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
    authenticate: (request) => authenticate(request.headers.authorization),
    openContext: (viewer, request) => openContext(source, viewer, request.id),
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
      await graphql.server.stop();
    },
  };
}

interface Answering {
  authenticate(request: FastifyRequest): Promise<Authenticated>;
  openContext(viewer: Viewer, request: FastifyRequest): Promise<Opened>;
  readonly findDocument: FindDocument;
  readonly streams: EventStreams;
}

function serveGraphQL(app: FastifyInstance, graphql: GraphQLOverHttp, editor: boolean, answering: Answering): void {
  app.get(GRAPHQL_PATH, async (request, reply) => {
    if (editor && isSentByBrowserWindow(request.headers)) return sendEditor(reply, GRAPHQL_PATH);
    if (!isSentByProgram(request.headers))
      return refuse(reply, 400, 'BAD_REQUEST', 'A query by GET names the answer it wants: `accept: application/graphql-response+json`.');
    return answer(request, reply, graphql, answering);
  });
  app.post(GRAPHQL_PATH, (request, reply) => answer(request, reply, graphql, answering));
  app.options(GRAPHQL_PATH, (_request, reply) => reply.code(204).header('allow', 'GET, POST').send());
  app.route({
    method: ['PUT', 'PATCH', 'DELETE', 'HEAD'],
    url: GRAPHQL_PATH,
    handler: (_request, reply) => refuse(reply.header('allow', 'GET, POST'), 405, 'BAD_REQUEST', 'GraphQL is served over GET and POST.'),
  });
}

async function answer(request: FastifyRequest, reply: FastifyReply, graphql: GraphQLOverHttp, answering: Answering): Promise<FastifyReply> {
  const tooMuch = excessOf(request.body);
  if (tooMuch !== undefined) return refuse(reply, 400, LIMIT_EXCEEDED, tooMuch);
  const authenticated = await answering.authenticate(request);
  if (request.method === 'POST' && wantsEventStream(request)) {
    await answering.streams.serve(request, reply, authenticated);
    return reply;
  }
  const httpGraphQLRequest = toGraphQLRequest(request, answering.findDocument);
  if ('refused' in httpGraphQLRequest) return refuseDocument(reply, httpGraphQLRequest.refused);
  const contextValue = await answering.openContext(authenticated.viewer, request);
  const {
    status = 200,
    headers,
    body,
  } = await graphql.server.executeHTTPGraphQLRequest({ httpGraphQLRequest, context: async () => contextValue });
  for (const [name, value] of headers) reply.header(name, value);
  const isPlainJson = headers.get('content-type')?.startsWith('application/json') ?? false;
  reply.header('cache-control', 'no-store').code(isPlainJson && graphql.isMistakeInDocument(httpGraphQLRequest) ? 200 : status);
  return reply.send(body.kind === 'complete' ? wordsOf(body.string) : body.asyncIterator);
}

/** A long answer is put into bytes here: below, room for three times its length would be made first. */
function wordsOf(text: string): string | Buffer {
  return text.length > LONG_ANSWER ? Buffer.from(text) : text;
}

function excessOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { query, variables }: { query?: unknown; variables?: unknown } = body;
  if (typeof query === 'string' && query.length > LIMITS.documentCharacters)
    return `A document may have ${LIMITS.documentCharacters} characters.`;
  if (nestsTooDeep(variables)) return `Variables may nest ${LIMITS.variableDepth} levels deep.`;
  return undefined;
}

function refuseDocument(reply: FastifyReply, { message, extensions: { code, http } }: GraphQLError): FastifyReply {
  const { status } = http as { readonly status: number };
  return refuse(reply, status, String(code), message);
}

/** Whatever goes wrong outside GraphQL is said in its form, too: an object with `errors`. */
function answerInJson(app: FastifyInstance, log: Logger): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, app.getDefaultJsonParser('error', 'error'));
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
  });
  app.setNotFoundHandler((_request, reply) => refuse(reply, 404, 'NOT_FOUND', 'There is nothing here.'));
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof RefusedToken)
      return refuse(
        reply.header('www-authenticate', 'Bearer'),
        401,
        'UNAUTHENTICATED',
        `The bearer token is not accepted: ${error.message}.`,
      );
    if (isDatabaseAway(error)) return refuse(reply.header('retry-after', '1'), 503, SERVICE_UNAVAILABLE, AWAY);
    const status = statusOf(error);
    if (status < 500) return refuse(reply, status, 'BAD_REQUEST', error instanceof Error ? error.message : 'The request is malformed.');
    log.error({ err: error, requestId: request.id }, 'a request failed');
    return refuse(reply, 500, 'INTERNAL_SERVER_ERROR', 'Internal server error');
  });
}

function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 ? status : 500;
}

function refuse(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send({ errors: [{ message, extensions: { code, ...(status >= 500 && { requestId: reply.request.id }) } }] });
}

function portOf(app: FastifyInstance): number {
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}
