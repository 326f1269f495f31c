import { LRUCache } from 'lru-cache';
import type { Connection } from 'pg';
import type { Columns } from './columns.ts';

/** Each takes some ten kilobytes of the server's memory, on every connection. */
const MOST_KEPT = 200;

/**
 * A plan is made for tables as large as they are, and one that was made for small ones reads them from end to end. What is used often makes
 * tables grow, so it is planned anew each time that it has been used so many times as often as when it was planned.
 */
const USES_BEFORE_REPLANNED = 32;
const GROWTH_BEFORE_REPLANNED = 4;

export interface KeptStatement {
  /** Known after the first answer. */
  columns?: Columns;
  uses: number;
  readonly usesUntilReplanned: number;
}

/** What the server keeps prepared on one connection. */
export interface KeptStatements {
  /** The statement of a name, when it is prepared; counts as one use of it. */
  use(name: string): KeptStatement | undefined;
  /** To be called with each text that is sent to be parsed, in this order; without a name it is not kept. */
  parse(name: string): void;
  /** Names that the server is to forget before anything else. */
  takeDropped(): string[];
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
  const parsing: { name: string; statement: KeptStatement }[] = [];
  const replanned = new Map<string, KeptStatement>();
  const known = new LRUCache<string, KeptStatement>({
    max: MOST_KEPT,
    dispose: (_, name, reason) => {
      if (reason !== 'set') dropped.push(name);
    },
  });
  connection.on('parseComplete', () => {
    const parsed = parsing.shift();
    if (parsed !== undefined && parsed.name !== '') known.set(parsed.name, parsed.statement);
  });
  return {
    use(name) {
      const statement = known.get(name);
      if (statement === undefined) return undefined;
      statement.uses += 1;
      if (statement.uses <= statement.usesUntilReplanned) return statement;
      replanned.set(name, { uses: statement.uses, usesUntilReplanned: statement.uses * GROWTH_BEFORE_REPLANNED });
      known.delete(name);
      return undefined;
    },
    parse(name) {
      const statement = replanned.get(name) ?? { uses: 1, usesUntilReplanned: USES_BEFORE_REPLANNED };
      replanned.delete(name);
      parsing.push({ name, statement });
    },
    takeDropped() {
      // Nothing is under way on the connection: what was not parsed by now failed.
      parsing.length = 0;
      return dropped.splice(0);
    },
  };
}
