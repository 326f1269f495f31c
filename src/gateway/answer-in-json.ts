import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { isDatabaseAway } from '../platform/database-faults.ts';
import { AWAY, SERVICE_UNAVAILABLE } from './present-errors.ts';
import { RefusedToken } from './tokens.ts';

/** Whatever goes wrong outside GraphQL is said in its form, too: an object with `errors`. */
export function answerInJson(app: FastifyInstance, log: Logger): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, app.getDefaultJsonParser('error', 'error'));
  app.addHook('onSend', (request, reply, _payload, done) => {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    done();
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

/** Answers that a request is not executed, and why. */
export function refuse(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send({ errors: [{ message, extensions: { code, ...(status >= 500 && { requestId: reply.request.id }) } }] });
}
