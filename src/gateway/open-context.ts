import { coalitionNow } from '../partners/coalition.ts';
import { type Reading, shownTo } from '../partners/load-coalition.ts';
import { programNow } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { type Context, createLoad } from '../platform/graphql/context.ts';

export interface ContextSource {
  readonly db: Database;
  readonly sandbox: boolean;
}

/** Whose request it is. */
export type Asking = Pick<Context, 'viewer' | 'requestId'>;

/** What a request begins with. */
export interface Opened {
  readonly context: Context;
  /** The configuration, read together with the clock. */
  readonly reading: Reading;
}

/** What the resolvers of one operation know. */
export async function openContext({ db, sandbox }: ContextSource, { viewer, requestId }: Asking): Promise<Opened> {
  const reading = await coalitionNow(db);
  return { context: { viewer, db, load: createLoad(db), now: reading.now, requestId, sandbox }, reading };
}

/** The same before anything is read: the clock shows what is shown to the context later on. */
export function openUnread(source: ContextSource, asking: Asking): Context {
  return new Unread(source, asking);
}

class Unread implements Context {
  readonly viewer: Context['viewer'];
  readonly db: Context['db'];
  readonly load: Context['load'];
  readonly requestId: string;
  readonly sandbox: boolean;

  constructor({ db, sandbox }: ContextSource, { viewer, requestId }: Asking) {
    this.viewer = viewer;
    this.db = db;
    this.load = createLoad(db);
    this.requestId = requestId;
    this.sandbox = sandbox;
  }

  get now(): Date {
    return shownTo(this).now;
  }
}

/** For a viewer and the id of the request that began it. */
export type OpenEventContext = (about: Asking) => Promise<Context>;

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
