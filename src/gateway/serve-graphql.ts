import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLError } from 'graphql';
import { refuse } from './answer-in-json.ts';
import type { Authenticated } from './authenticate.ts';
import { sendEditor } from './editor.ts';
import type { FindDocument } from './find-document.ts';
import { isSentByBrowserWindow, isSentByProgram } from './get-requests.ts';
import { toGraphQLRequest } from './graphql-request.ts';
import type { GraphQLOverHttp } from './graphql-server.ts';
import { LIMITS, nestsTooDeep } from './limits.ts';
import { type EventStreams, wantsEventStream } from './live/event-streams.ts';
import { LIMIT_EXCEEDED } from './present-errors.ts';

export const GRAPHQL_PATH = '/graphql';
/** Answers of so many characters are no small ones. */
const LONG_ANSWER = 16_384;

/** What it takes to answer a request. */
export interface Answering {
  authenticate(request: FastifyRequest): Authenticated | Promise<Authenticated>;
  readonly findDocument: FindDocument;
  readonly streams: EventStreams;
}

/** Serves GraphQL at one path: operations by POST, queries by GET, and the editor to people who come by. */
export function serveGraphQL(app: FastifyInstance, graphql: GraphQLOverHttp, editor: boolean, answering: Answering): void {
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
  const { viewer } = authenticated;
  const { status = 200, headers, body } = await graphql.answer(httpGraphQLRequest, { viewer, requestId: request.id });
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
