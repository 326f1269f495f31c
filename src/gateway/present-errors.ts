import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { isDatabaseAway, isOutOfRange } from '../platform/database-faults.ts';

/** How errors leave the house: ours as they are, everything else masked and logged. */
export interface ErrorPresentation {
  readonly log: Logger;
  /** Whether messages may name fields and types that were perhaps meant. */
  readonly suggestions: boolean;
}

const FAULT = 'INTERNAL_SERVER_ERROR';
export const SERVICE_UNAVAILABLE = 'SERVICE_UNAVAILABLE';
export const AWAY = 'The database cannot be reached or is too busy just now. Repeat the request with the same idempotency key.';
const SUGGESTION = / ?Did you mean .*$/s;
/** What graphql-js says of a document that is a flood: too many tokens, too many errors, fragments without end. */
const FLOOD = /^(Syntax Error: Document contains more that \d+ tokens|Too many validation errors|Cannot spread fragment)/;

/** Code of an answer to a document that asks for more than the limits allow; always HTTP 400. */
export const LIMIT_EXCEEDED = 'LIMIT_EXCEEDED';

/** An error of a request that is not executed at all: HTTP 400. */
export function refusedRequest(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: 400 } } });
}

/** An error of a document that passes one of the limits. */
export function limitExceeded(message: string): GraphQLError {
  return refusedRequest(LIMIT_EXCEEDED, message);
}

/** The code that a client sees. */
export function codeOf(error: GraphQLError): string {
  if (FLOOD.test(error.message)) return LIMIT_EXCEEDED;
  const cause = error.originalError;
  const code = (cause instanceof GraphQLError ? cause.extensions.code : undefined) ?? error.extensions.code;
  if (typeof code === 'string') return code;
  return isMistakeOfRequest(error) ? 'BAD_USER_INPUT' : FAULT;
}

/** Errors without a path are of the request; an argument that does not fit its field is, too. */
function isMistakeOfRequest(error: GraphQLError): boolean {
  return error.path === undefined || (error.originalError === undefined && error.message.startsWith('Argument "'));
}

export function presentErrors(
  errors: readonly GraphQLError[],
  requestId: string,
  presentation: ErrorPresentation,
): GraphQLFormattedError[] {
  return errors.map((error) => present(error, requestId, presentation));
}

function present(error: GraphQLError, requestId: string, { log, suggestions }: ErrorPresentation): GraphQLFormattedError {
  const { message, locations, path } = error.toJSON();
  const place = { ...(locations && { locations }), ...(path && { path }) };
  const code = codeOf(error);
  const cause = error.originalError;
  if (code === FAULT && isOutOfRange(cause)) return { message: 'A number is too large.', ...place, extensions: { code: 'BAD_USER_INPUT' } };
  if (code === FAULT && isDatabaseAway(cause)) {
    log.warn({ err: cause, requestId, path }, 'the database is away or too busy');
    return { message: AWAY, ...place, extensions: { code: SERVICE_UNAVAILABLE, requestId } };
  }
  if (code === FAULT) {
    log.error({ err: error.originalError ?? error, requestId, path }, 'a request failed');
    return { message: 'Internal server error', ...place, extensions: { code, requestId } };
  }
  const { http: _http, stacktrace: _stacktrace, ...extensions } = error.extensions;
  return { message: suggestions ? message : message.replace(SUGGESTION, ''), ...place, extensions: { ...extensions, code } };
}
