import { HeaderMap, type HTTPGraphQLRequest } from '@apollo/server';
import type { FastifyRequest } from 'fastify';
import type { GraphQLError } from 'graphql';
import type { FindDocument } from './find-document.ts';

/** The headers that decide about an answer. */
const TELLING_HEADERS = ['accept', 'content-type'] as const;

/** A request with the text of its document; one that names a document by its hash is given it. */
export function toGraphQLRequest(
  request: FastifyRequest,
  findDocument: FindDocument,
): HTTPGraphQLRequest | { readonly refused: GraphQLError } {
  const { method } = request;
  const sent = { method, headers: headersOf(request), search: searchOf(request), body: request.body };
  if (method === 'GET') {
    const parameters = new URLSearchParams(sent.search);
    const found = findDocument({ ...Object.fromEntries(parameters), extensions: parsed(parameters.get('extensions')) });
    if ('refused' in found) return found;
    return found.text === undefined ? sent : { ...sent, search: `?${withText(parameters, found.text)}` };
  }
  const { body } = request;
  if (typeof body !== 'object' || body === null) return sent;
  const found = findDocument(body);
  if ('refused' in found) return found;
  if (found.text === undefined) return sent;
  return { ...sent, body: { ...body, query: found.text, extensions: {} } };
}

function withText(parameters: URLSearchParams, text: string): string {
  parameters.set('query', text);
  parameters.delete('extensions');
  return parameters.toString();
}

function headersOf({ headers: given }: FastifyRequest): HeaderMap {
  const headers = new HeaderMap();
  for (const name of TELLING_HEADERS) {
    const value = given[name];
    if (value !== undefined) headers.set(name, value);
  }
  return headers;
}

function searchOf({ url }: FastifyRequest): string {
  const question = url.indexOf('?');
  return question < 0 ? '' : url.slice(question);
}

/** JSON that is malformed is refused where the whole request is read. */
function parsed(json: string | null): unknown {
  try {
    return json === null ? undefined : JSON.parse(json);
  } catch {
    return undefined;
  }
}
