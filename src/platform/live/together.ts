import DataLoader from 'dataloader';
import type { Database } from '../database.ts';
import type { Batch } from '../graphql/context.ts';
import { remembered } from '../remembered.ts';

/** How long a question waits for others like it. Nobody notices, and thousands that come at once are a few statements. */
const GATHER_MS = 3;
const MOST_AT_ONCE = 500;

/**
 * Reads what many subscribers ask for at the same time with one statement. Nothing is remembered: every answer was read after the question.
 * Callers that pass the same function are asked together.
 */
export function readTogether<Key, Value>(database: Database, batch: Batch<Key, Value>, key: Key): Promise<Value> {
  const loaders = loadersOf(database);
  let loader = loaders.get(batch);
  if (loader === undefined) {
    loader = new DataLoader<unknown, unknown>(async (keys) => [...(await batch(database, keys as Key[]))], {
      cache: false,
      maxBatchSize: MOST_AT_ONCE,
      batchScheduleFn: (dispatch) => setTimeout(dispatch, GATHER_MS),
    });
    loaders.set(batch, loader);
  }
  return loader.load(key) as Promise<Value>;
}

const MEMORY_KEY = 'live.together';

function loadersOf(database: Database): Map<unknown, DataLoader<unknown, unknown>> {
  return remembered(database, MEMORY_KEY, () => new Map<unknown, DataLoader<unknown, unknown>>());
}
