import { HeaderMap, type HTTPGraphQLHead, type HTTPGraphQLRequest, type HTTPGraphQLResponse } from '@apollo/server';
import { LRUCache } from 'lru-cache';

/** In which content type answers were given that went well, by what their requests accept. */
export interface ContentTypes {
  /** What can be said of an answer that goes well: its content type, when a request that accepts the same had one before. */
  headOf(request: HTTPGraphQLRequest | undefined): HTTPGraphQLHead;
  /** To be called with each answer. */
  learn(request: HTTPGraphQLRequest, response: HTTPGraphQLResponse): void;
}

const REMEMBERED = 100;
const LONGEST = 200;
const NOTHING_SAID: HTTPGraphQLHead = { headers: new HeaderMap() };

/** Clients accept always the same, so that Apollo Server need not weigh it anew for each of their requests. */
export function createContentTypes(): ContentTypes {
  const heads = new LRUCache<string, HTTPGraphQLHead>({ max: REMEMBERED });
  return {
    headOf(request) {
      const accept = request?.headers.get('accept');
      return (accept !== undefined && heads.get(accept)) || NOTHING_SAID;
    },
    learn(request, { status, headers, body }) {
      const accept = request.headers.get('accept');
      const type = headers.get('content-type');
      // A status is said only of what did not go well.
      if (accept === undefined || accept.length > LONGEST || type === undefined || status !== undefined || body.kind !== 'complete') return;
      if (!heads.has(accept)) heads.set(accept, { headers: new HeaderMap([['content-type', type]]) });
    },
  };
}
