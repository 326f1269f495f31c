import { LRUCache } from 'lru-cache';
import type { Connection } from 'pg';
import type { Columns } from './columns.ts';

/** Each takes some ten kilobytes of the server's memory, on every connection. */
const MOST_KEPT = 200;

/** What the server keeps prepared on one connection. */
export interface KeptStatements {
  /** By name; the columns are known after the first answer. */
  readonly known: LRUCache<string, { columns?: Columns }>;
  /** Names that were sent to be parsed, in this order. */
  readonly parsing: string[];
  /** Names that were driven out, which the server is still to be told. */
  readonly dropped: string[];
}

const kept = new WeakMap<Connection, KeptStatements>();

export function keptOn(connection: Connection): KeptStatements {
  let statements = kept.get(connection);
  if (statements === undefined) {
    statements = follow(connection);
    kept.set(connection, statements);
  }
  return statements;
}

/** A statement is kept as soon as it is parsed, whatever becomes of its first execution. */
function follow(connection: Connection): KeptStatements {
  const dropped: string[] = [];
  const parsing: string[] = [];
  const known = new LRUCache<string, { columns?: Columns }>({
    max: MOST_KEPT,
    dispose: (_, name, reason) => {
      if (reason === 'evict') dropped.push(name);
    },
  });
  connection.on('parseComplete', () => {
    const name = parsing.shift();
    if (name !== undefined && name !== '') known.set(name, {});
  });
  return { known, parsing, dropped };
}
