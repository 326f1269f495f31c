import type { Database, Db } from '../database.ts';
import { type Follower, followerOf } from './follow.ts';

/** Kinds of objects whose changes are told: `platform.outbox` has their ids. */
export type Topic = 'CYCLE' | 'DISPUTE' | 'CONTRACT' | 'DRAFT' | 'APPROVAL';

/** Ids of objects that have changed, of each topic in the order of their changes and each once. */
export type ChangedObjects = ReadonlyMap<Topic, readonly string[]>;

interface OutboxRow {
  snapshot: string;
  topic: Topic | null;
  key: string | null;
}

/** Tells which objects have changed, after the commit of the change. */
export function changedObjects(database: Database): Follower<ChangedObjects> {
  return followerOf<string, ChangedObjects>(database, 'outbox', async (db, place) => {
    const rows = await readOutbox(db, place);
    const [first] = rows;
    if (first === undefined) throw new Error('there is no snapshot');
    const news = new Map<Topic, string[]>();
    for (const { topic, key } of rows) {
      if (topic === null || key === null) continue;
      const keys = news.get(topic) ?? [];
      if (!keys.includes(key)) keys.push(key);
      news.set(topic, keys);
    }
    return { place: first.snapshot, news: news.size > 0 ? news : undefined };
  });
}

/** What was committed since a snapshot, however long its transaction took, and the snapshot after it. Without one there is nothing yet. */
function readOutbox(db: Db, place: string | undefined): Promise<OutboxRow[]> {
  return db.rows<OutboxRow>('select * from platform.outbox_since($1)', [place ?? null]);
}

/** Forgets what was told to all long ago: a subscriber that was away for longer begins again anyway. */
export async function forgetOldNews(db: Db): Promise<void> {
  await db.rows("delete from platform.outbox where at < clock_timestamp() - interval '1 hour'");
}
