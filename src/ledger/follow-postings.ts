import type { Database } from '../platform/database.ts';
import { type Follower, followerOf } from '../platform/live/follow.ts';
import { nextPostings, type Place } from './new-postings.ts';

/** Tells of postings as they are committed, by their ids, each once. */
export function newPostings(database: Database): Follower<readonly bigint[]> {
  return followerOf<Place, readonly bigint[]>(database, 'postings', async (db, from) => {
    const { place, postingIds } = await nextPostings(db, from);
    return { place, news: postingIds.length > 0 ? postingIds : undefined };
  });
}
