import DataLoader from 'dataloader';
import type { Viewer } from '../../kernel/viewer.ts';
import { programNow } from '../clock.ts';
import type { Database, Db } from '../database.ts';

/** Reads many keys at once; answers in the order of the keys. Rows come with the rights of nobody: callers check. */
export type Batch<Key, Value> = (db: Db, keys: readonly Key[]) => Promise<readonly Value[]>;

/** Loads one key; keys asked for in the same tick go to `batch` together, once a request. */
export type Load = <Key, Value>(batch: Batch<Key, Value>, key: Key) => Promise<Value>;

/** What a resolver knows about its request. */
export interface Context {
  readonly viewer: Viewer;
  readonly db: Database;
  readonly load: Load;
  /** The program's clock when the request arrived. */
  readonly now: Date;
  readonly requestId: string;
  readonly sandbox: boolean;
}

/** One DataLoader for each batch function, living as long as the request. */
export function createLoad(db: Db): Load {
  // Made when it is needed: a subscription keeps its context as long as it lasts.
  let loaders: Map<unknown, DataLoader<unknown, unknown>> | undefined;
  return <Key, Value>(batch: Batch<Key, Value>, key: Key): Promise<Value> => {
    loaders ??= new Map();
    let loader = loaders.get(batch);
    if (loader === undefined) {
      loader = new DataLoader<unknown, unknown>(async (keys) => [...(await batch(db, keys as Key[]))], {
        cacheKeyFn: (k) => (typeof k === 'object' ? JSON.stringify(k) : k),
      });
      loaders.set(batch, loader);
    }
    return loader.load(key) as Promise<Value>;
  };
}

/** The same viewer's context at a later time, with nothing remembered: for what goes on after the request, such as a subscription. */
export async function renewContext(context: Context): Promise<Context> {
  return { ...context, load: createLoad(context.db), now: await programNow(context.db) };
}
