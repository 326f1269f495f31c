import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ExecutionArgs, type ExecutionResult, type GraphQLError, getOperationAST, OperationTypeNode } from 'graphql';
import { principalOf } from '../../kernel/viewer.ts';
import type { Authenticated } from '../authenticate.ts';
import { limitExceeded, presentErrors } from '../present-errors.ts';
import { toText } from './audience.ts';
import { EVENT_STREAM, openEventStream } from './event-stream.ts';
import type { LiveDependencies } from './live-dependencies.ts';
import { toGraphQLError } from './prepare-operation.ts';
import { type Granted, requestSubscription } from './request-subscription.ts';
import { callAt } from './timers.ts';

/** The streams of events of one server. */
export interface EventStreams {
  serve(request: FastifyRequest, reply: FastifyReply, authenticated: Authenticated): Promise<void>;
  /** Ends all streams, so that their clients reconnect elsewhere. */
  close(): void;
}

/** Whether the client wants its answer as server-sent events, and would not take JSON as well. */
export function wantsEventStream({ headers }: FastifyRequest): boolean {
  const { accept = '' } = headers;
  return accept.includes(EVENT_STREAM) && !accept.includes('json');
}

/**
 * Serves operations as server-sent events, one a request: `next` with a result, and `complete`. That is graphql-sse with distinct
 * connections, for clients without sockets.
 */
export function createEventStreams(dependencies: LiveDependencies): EventStreams {
  const { execute, openContext, prepare, presentation, seats, audiences } = dependencies;
  const open = new Set<() => void>();
  let isClosing = false;

  function refuse(request: FastifyRequest, reply: FastifyReply, status: number, errors: readonly GraphQLError[]): void {
    void reply.code(status).send({ errors: presentErrors(errors, request.id, presentation) });
  }

  function run(args: ExecutionArgs): Promise<Granted | ExecutionResult> | ExecutionResult {
    const kind = getOperationAST(args.document, args.operationName)?.operation;
    return kind === OperationTypeNode.SUBSCRIPTION ? requestSubscription(args, audiences) : execute(args);
  }

  return {
    async serve(request, reply, { viewer, expiresAt }) {
      const prepared = await prepare(request.body, () => openContext({ viewer, requestId: request.id }));
      if (isRefused(prepared)) return refuse(request, reply, 400, prepared);
      const leave = seats.take(principalOf(viewer));
      if (leave === undefined) return refuse(request, reply, 429, [limitExceeded('One client may hold no more streams and sockets.')]);
      reply.raw.once('close', leave);
      const answer = await run(prepared);
      reply.hijack();
      if (reply.raw.destroyed || isClosing) {
        leave();
        reply.raw.destroy();
        return 'begin' in answer ? answer.dismiss() : undefined;
      }
      const stream = openEventStream(reply.raw, request.id);
      if (!('begin' in answer)) {
        stream.write(toText(answer, request.id, presentation));
        stream.complete();
        return;
      }
      const delivery = answer.begin(stream);
      const cancel = expiresAt === undefined ? undefined : callAt(expiresAt, stream.breakOff);
      open.add(stream.breakOff);
      reply.raw.once('close', () => {
        open.delete(stream.breakOff);
        cancel?.();
        delivery.stop();
      });
      try {
        await delivery.over;
      } catch (error) {
        stream.write(toText({ errors: [toGraphQLError(error)] }, request.id, presentation));
      }
      stream.complete();
    },
    close() {
      isClosing = true;
      for (const breakOff of open) breakOff();
    },
  };
}

function isRefused(prepared: ExecutionArgs | readonly GraphQLError[]): prepared is readonly GraphQLError[] {
  return Array.isArray(prepared);
}
