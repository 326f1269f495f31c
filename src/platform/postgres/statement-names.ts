import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { parameterTypesOf } from './parameter-types.ts';
import { toParameter } from './parameters.ts';
import type { Query } from './statement.ts';

/** Names under which the server keeps statements parsed and planned. */
export interface StatementNames {
  /** Whether the server keeps anything at all. */
  readonly isKeeping: boolean;
  /** The name of a text; undefined for one that is not worth keeping. */
  nameOf(text: string): string | undefined;
  /** From here on all are named anew: what was kept does not fit the tables any more. */
  renew(): void;
}

/** A text that comes once or twice is not kept: those that are put together anew each time would drive out the others. */
const USES_BEFORE_KEPT = 3;
const MOST_TEXTS = 1_000;

/** Names statements by their text, so that all connections and processes call one alike. */
export function createStatementNames(): StatementNames {
  let generation = 0;
  const texts = new LRUCache<string, { uses: number; name?: string }>({ max: MOST_TEXTS });
  return {
    isKeeping: true,
    nameOf(text) {
      const known = texts.get(text);
      if (known === undefined) {
        texts.set(text, { uses: 1 });
        return undefined;
      }
      known.uses += 1;
      if (known.uses < USES_BEFORE_KEPT) return undefined;
      known.name ??= `${createHash('sha256').update(text).digest('hex').slice(0, 24)}_${generation}`;
      return known.name;
    },
    renew() {
      generation += 1;
      texts.clear();
    },
  };
}

/** For a server behind a pooler that hands each transaction another connection: nothing is kept. */
export const NO_NAMES: StatementNames = { isKeeping: false, nameOf: () => undefined, renew: () => undefined };

/** A statement as it is sent, under the name of its text; throws what cannot be sent to whoever asks, before it goes together with anything. */
export function queryOf(names: StatementNames, text: string, parameters: readonly unknown[]): Query {
  const types = parameterTypesOf(text);
  return { text, values: parameters.map((value, at) => toParameter(value, types[at])), name: names.nameOf(text) };
}

/** Whether a kept statement was refused because its columns have changed since: nothing was done, and named anew it works. */
export function isOutdated(error: unknown): boolean {
  const { code, routine } = (error ?? {}) as { code?: unknown; routine?: unknown };
  return code === '0A000' && routine === 'RevalidateCachedQuery';
}
