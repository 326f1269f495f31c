import type { Database } from '../database.ts';
import { isDatabaseAway } from '../database-faults.ts';
import { type Feed, feed, type Running, type Sink } from './feed.ts';
import { type ChangedObjects, changedObjects, type Topic } from './outbox.ts';
import { pauseAfterFailure } from './recover.ts';

/** Objects as a subscriber follows them. */
export interface FollowedObjects<T extends object> {
  readonly topics: readonly Topic[];
  /** Ids of those that the subscriber is told of first, as they stand. */
  first(): Promise<readonly string[]>;
  /** Reads objects as they stand, for everybody: one function for all subscribers, so that they share what it read. */
  readonly read: (database: Database, ids: readonly string[], isFirst: boolean) => Promise<readonly (T | undefined)[]>;
  /** Asked before anything is told: throws once the subscriber may not follow any more. */
  readonly admit?: () => Promise<void>;
  /** Whether the subscriber may see one. Asked for every message. */
  sees(object: T): boolean;
  /** What of an object the subscriber waits for: it is not told again while that stays. */
  readonly mark?: (object: T) => readonly [key: string, value: string];
}

/** More ids than this that wait are not kept: the subscriber begins again. */
const MAX_WAITING = 1_000;
/** Of so many objects a subscriber is told again how they stand when messages to it were dropped. */
const MAX_REMEMBERED = 1_000;

/** Follows objects: first those of interest as they stand, then each as it stands after a change of it. Quick changes may be told as one. */
export function objectFeed<T extends object>(database: Database, followed: FollowedObjects<T>): Feed<T> {
  return feed((sink) => startObjects(database, followed, sink));
}

/** What was read for a piece of news, by the function that read it. */
const readings = new WeakMap<object, Map<unknown, Promise<readonly unknown[]>>>();

function readTogether<T extends object>(
  database: Database,
  ids: readonly string[],
  read: FollowedObjects<T>['read'],
): Promise<readonly (T | undefined)[]> {
  const ofNews = readings.get(ids) ?? new Map<unknown, Promise<readonly unknown[]>>();
  readings.set(ids, ofNews);
  const reading = (ofNews.get(read) as Promise<readonly (T | undefined)[]> | undefined) ?? read(database, ids, false);
  ofNews.set(read, reading);
  return reading;
}

function startObjects<T extends object>(
  database: Database,
  { topics, first, read, admit, sees, mark }: FollowedObjects<T>,
  sink: Sink<T>,
): Running {
  const marks = new Map<string, string>();
  /** What was told last, to be told again when messages were dropped: it may not be of interest any more, and that is what is to be told. */
  const toldOf = new Set<string>();
  let stopped = false;
  let waiting: (readonly string[])[] = [];
  let shouldBegin = true;
  let isWorking = false;

  const following = changedObjects(database).follow(async (changed: ChangedObjects) => {
    const news = topics.map((topic) => changed.get(topic)).filter((ids) => ids !== undefined);
    if (news.length === 0 || stopped) return;
    if (waiting.length < MAX_WAITING) waiting.push(...news);
    else shouldBegin = true;
    if (!isWorking) void work();
  });

  function stop(): void {
    stopped = true;
    following.stop();
  }

  function tell(ids: readonly string[], objects: readonly (T | undefined)[], isFirst: boolean): void {
    for (const [at, object] of objects.entries()) {
      if (object === undefined || stopped || !sees(object)) continue;
      if (mark !== undefined) {
        const [key, value] = mark(object);
        if (!isFirst && marks.get(key) === value) continue;
        marks.set(key, value);
      }
      remember(ids[at]);
      sink.next(object);
    }
  }

  function remember(id: string | undefined): void {
    if (id === undefined) return;
    toldOf.delete(id);
    toldOf.add(id);
    const [oldest] = toldOf;
    if (toldOf.size > MAX_REMEMBERED && oldest !== undefined) toldOf.delete(oldest);
  }

  async function begin(): Promise<void> {
    await following.ready;
    waiting = [];
    shouldBegin = false;
    await admit?.();
    const ids = [...new Set([...toldOf, ...(await first())])];
    tell(ids, await read(database, ids, true), true);
  }

  async function work(): Promise<void> {
    isWorking = true;
    while (!stopped && (shouldBegin || waiting.length > 0)) {
      try {
        if (shouldBegin) await begin();
        const [ids] = waiting;
        if (ids === undefined) continue;
        await admit?.();
        tell(ids, await readTogether(database, ids, read), false);
        waiting.shift();
      } catch (error) {
        if (!isDatabaseAway(error)) {
          stop();
          sink.end(error);
        } else {
          shouldBegin = true;
          await pauseAfterFailure();
        }
      }
    }
    isWorking = false;
  }

  void work();
  return {
    stop,
    restart() {
      shouldBegin = true;
      if (!isWorking) void work();
    },
  };
}
