import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../database.ts';
import { remembered } from '../remembered.ts';
import { pauseAfterFailure } from './recover.ts';

/** Reads what was committed since a place, and the place after it; `news` is undefined when there is nothing. */
export type ReadNext<Place, News> = (database: Database, place: Place | undefined) => Promise<{ place: Place; news: News | undefined }>;

/** What is to be done with news. When it fails, the same news come again. */
export type Listener<News> = (news: News) => Promise<void>;

export interface Following {
  /** Settles when everything committed from then on will be told. */
  readonly ready: Promise<void>;
  stop(): void;
}

/** A transaction of this process is seen at once; those of others are looked for so often. */
const INTERVAL = 2;
/** After a second without news, looking less often is quick enough. */
const IDLE_INTERVAL = 20;
const IDLE_AFTER = 1_000;
/** Reads of a busy book are at least so far apart: what comes meanwhile is read together. */
const BREATH = 1;

/** One reader for all who follow the same in this process. It reads only while somebody follows, and never inside anybody's transaction. */
export interface Follower<News> {
  follow(listener: Listener<News>): Following;
}

/** The process's follower of one kind of news, by its name. */
export function followerOf<Place, News>(database: Database, name: string, next: ReadNext<Place, News>): Follower<News> {
  return remembered(database, `live.${name}`, () => createFollower(database, next));
}

function createFollower<Place, News>(database: Database, next: ReadNext<Place, News>): Follower<News> {
  const listeners = new Set<Listener<News>>();
  let place: Place | undefined;
  let running = false;
  let ready = Promise.withResolvers<void>();
  let lastNews = 0;

  async function read(): Promise<void> {
    const { place: reached, news } = await next(database, place);
    if (news !== undefined) {
      lastNews = performance.now();
      await Promise.all(Array.from(listeners, (listener) => listener(news)));
    }
    place = reached;
    ready.resolve();
  }

  async function run(): Promise<void> {
    const bell = createBell();
    database.commits.add(bell.ring);
    while (listeners.size > 0) {
      try {
        await read();
        await sleep(BREATH, undefined, { ref: false });
        await bell.wait(performance.now() - lastNews > IDLE_AFTER ? IDLE_INTERVAL : INTERVAL);
      } catch {
        // The place is kept: what was missed comes when the database answers again. That it is away is the readiness probe's to tell.
        await pauseAfterFailure();
      }
    }
    database.commits.delete(bell.ring);
    running = false;
    place = undefined;
    // Who waits for it has gone.
    ready.resolve();
    ready = Promise.withResolvers<void>();
  }

  return {
    follow(listener) {
      listeners.add(listener);
      if (!running) {
        running = true;
        void run();
      }
      return { ready: ready.promise, stop: () => listeners.delete(listener) };
    },
  };
}

/** Ends a wait early. A ring that nobody waits for is kept for the next wait. */
function createBell(): { readonly ring: () => void; wait(milliseconds: number): Promise<void> } {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    async wait(milliseconds) {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds).unref();
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = undefined;
      }
      rung = false;
    },
  };
}
