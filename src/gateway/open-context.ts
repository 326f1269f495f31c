import type { Viewer } from '../kernel/viewer.ts';
import { coalitionNow } from '../partners/coalition.ts';
import type { Reading } from '../partners/load-coalition.ts';
import { programNow } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { type Context, createLoad } from '../platform/graphql/context.ts';

export interface ContextSource {
  readonly db: Database;
  readonly sandbox: boolean;
}

/** What a request begins with. */
export interface Opened {
  readonly context: Context;
  /** The configuration, read together with the clock. */
  readonly reading: Reading;
}

/** What the resolvers of one operation know. */
export async function openContext({ db, sandbox }: ContextSource, viewer: Viewer, requestId: string): Promise<Opened> {
  const reading = await coalitionNow(db);
  return { context: { viewer, db, load: createLoad(db), now: reading.now, requestId, sandbox }, reading };
}

/** For a viewer and the id of the request that began it. */
export type OpenEventContext = (about: Pick<Context, 'viewer' | 'requestId'>) => Promise<Context>;

const RECENT_MS = 100;

/**
 * For subscriptions and their events: the same, with a clock that was read a moment ago at most, once for all sockets. A change that thousands
 * follow costs one look at the clock and not thousands.
 */
export function createEventContext(source: ContextSource): OpenEventContext {
  let read = { at: 0, now: Promise.resolve(new Date(0)) };
  const forget = (error: unknown): never => {
    read.at = 0;
    throw error;
  };
  return async ({ viewer, requestId }) => {
    const at = performance.now();
    if (read.at === 0 || at - read.at > RECENT_MS) read = { at, now: programNow(source.db).catch(forget) };
    return { viewer, requestId, db: source.db, load: createLoad(source.db), now: await read.now, sandbox: source.sandbox };
  };
}
