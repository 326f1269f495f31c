import { GraphQLError } from 'graphql';
import { type Outcome, refused } from '../../kernel/refusal.ts';
import type { Role, Viewer } from '../../kernel/viewer.ts';

/** The error of a request without a usable token. */
export function unauthenticated(): GraphQLError {
  return new GraphQLError('This needs a bearer token: send the header `authorization: Bearer TOKEN`.', {
    extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
  });
}

/** The error of a query for something that the viewer may not see. It does not tell whether the thing exists. */
export function forbidden(message = 'You may not see this, or there is no such thing.'): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'FORBIDDEN' } });
}

type ViewerOf<R extends Role> = Extract<Viewer, { role: R }>;

/** For queries and subscriptions: the viewer, when its role is one of these; else an error. */
export function viewerAs<R extends Role>(viewer: Viewer, ...roles: readonly R[]): ViewerOf<R> {
  if (viewer.role === 'ANONYMOUS') throw unauthenticated();
  if (!(roles as readonly string[]).includes(viewer.role)) throw forbidden(`This is for ${roles.join(', ')}.`);
  return viewer as ViewerOf<R>;
}

/** For mutations: the viewer, when its role is one of these; else a FORBIDDEN refusal. No token at all is an error. */
export function mayAct<R extends Role>(viewer: Viewer, ...roles: readonly R[]): Outcome<ViewerOf<R>> {
  if (viewer.role === 'ANONYMOUS') throw unauthenticated();
  if (!(roles as readonly string[]).includes(viewer.role)) return refused('FORBIDDEN', `This is for ${roles.join(', ')}.`);
  return { done: viewer as ViewerOf<R> };
}
