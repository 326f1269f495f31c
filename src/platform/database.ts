import { setTimeout } from 'node:timers/promises';
import { type EntityManager, type EntitySchema, MikroORM } from '@mikro-orm/postgresql';
import { entitiesOn } from './postgres/entities.ts';
import { openPool, withClient } from './postgres/pool.ts';
import { send } from './postgres/statement.ts';
import { createStatementNames, isOutdated, NO_NAMES, queryOf } from './postgres/statement-names.ts';
import { inTransaction, type Transaction } from './postgres/transaction.ts';

/** Read access. Handing a `Tx` where a `Db` is wanted reads inside that transaction. */
export interface Db {
  /** What this process remembers of the database behind it; shared by the pool and its transactions. */
  readonly memory: Map<string, unknown>;
  /** Runs one statement with `$1` parameters; int8 columns come back as bigint. */
  rows<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

declare const permit: unique symbol;

/** The permit to write. Only `transact` makes one, so forgetting the transaction does not compile. */
export interface Tx extends Db {
  readonly [permit]: true;
  /** Entities of configuration objects. */
  readonly em: EntityManager;
  /**
   * Runs one statement together with what is sent next, at the latest with the commit: for a write whose answer nobody needs. A failure of it
   * fails the transaction.
   */
  later(sql: string, parameters?: readonly unknown[]): void;
  /**
   * Runs one statement and commits in the same flight, so that what it locks is held no longer than the server needs. Answered when both are
   * done; nothing can be asked after it.
   */
  last<Row extends object>(sql: string, parameters: readonly unknown[]): Promise<Row[]>;
}

/** The pool: where transactions begin. A `Tx` is not a `Database`, so nesting one does not compile. */
export interface Database extends Db {
  /** Called after every transaction of this process that has committed. */
  readonly commits: Set<() => void>;
  /** One attempt at a transaction. Use cases call `transact`. */
  attempt<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Whether reads go through the pool, each on a connection of its own, and not inside a transaction. */
export function isPool(db: Db): db is Database {
  return 'attempt' in db;
}

/** Role that the application works as: it may read the ledger and call its functions, and nothing else there. */
export const APPLICATION_ROLE = 'pointsettia_app';

/** Counts the statements sent, for tests that guard against one statement a row. */
export const statementCounter = { count: 0 };

export interface DatabaseOptions {
  readonly poolSize?: number;
  readonly entities?: readonly EntitySchema[];
  /** How long one statement may take. Without it as long as it needs, as an import or a verification does. */
  readonly statementTimeoutMs?: number;
  /** How long a statement waits for a row that another transaction holds. */
  readonly lockTimeoutMs?: number;
  /** Whether the server keeps statements parsed and planned, on each connection. */
  readonly keepsStatements?: boolean;
}

const LOCK_TIMEOUT_MS = 5_000;
/** A transaction that does nothing for so long is ended by the server: others wait for what it holds. */
const IDLE_IN_TRANSACTION_MS = 60_000;

function settingsOf({ statementTimeoutMs = 0, lockTimeoutMs = LOCK_TIMEOUT_MS }: DatabaseOptions): Record<string, string | number> {
  return {
    role: APPLICATION_ROLE,
    timezone: 'UTC',
    lock_timeout: lockTimeoutMs,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    statement_timeout: statementTimeoutMs,
  };
}

/** Opens a pool on a PostgreSQL connection string. */
export async function openDatabase(url: string, options: DatabaseOptions = {}): Promise<Database> {
  const pool = openPool(url, { size: options.poolSize ?? 10, settings: settingsOf(options) });
  const names = (options.keepsStatements ?? true) ? createStatementNames() : NO_NAMES;
  // It has no connection of its own: entities are written and read inside of transactions.
  const orm = await MikroORM.init({
    clientUrl: url,
    entities: [...(options.entities ?? [])],
    discovery: { warnWhenNoEntities: false },
    ignoreUndefinedInQuery: true,
  });
  const memory = new Map<string, unknown>();
  /** What is under way. The pool is closed after it: what would get a new connection meanwhile would never give it back. */
  const underWay = new Set<Promise<unknown>>();
  let closed: Promise<void> | undefined;

  async function close(): Promise<void> {
    await Promise.allSettled(underWay);
    await orm.close();
    await pool.end();
  }

  async function watch<T>(work: () => Promise<T>): Promise<T> {
    if (closed !== undefined) throw new Error('Connection terminated: the pool is being closed');
    const running = work();
    underWay.add(running);
    try {
      return await running;
    } catch (error) {
      if (isOutdated(error)) names.renew();
      throw error;
    } finally {
      underWay.delete(running);
    }
  }

  async function rows<Row>(text: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    statementCounter.count += 1;
    const ask = () => watch(() => withClient(pool, (client) => send(client, queryOf(names, text, parameters))));
    const answer = await ask().catch((error) => (isOutdated(error) ? ask() : Promise.reject(error)));
    return answer.rows as Row[];
  }

  return {
    commits: new Set(),
    memory,
    rows,
    attempt: (work) =>
      watch(async () => inTransaction(await pool.connect(), names, (transaction) => work(openTx(orm, memory, transaction)))),
    close() {
      closed ??= close();
      return closed;
    },
  };
}

function openTx(orm: MikroORM, memory: Map<string, unknown>, transaction: Transaction): Tx {
  let em: EntityManager | undefined;
  const tx = {
    memory,
    async rows(text: string, parameters: readonly unknown[] = []) {
      statementCounter.count += 1;
      return (await transaction.run(text, parameters)).rows;
    },
    later(text: string, parameters: readonly unknown[] = []) {
      statementCounter.count += 1;
      transaction.runLater(text, parameters);
    },
    async last(text: string, parameters: readonly unknown[]) {
      statementCounter.count += 1;
      return (await transaction.runLast(text, parameters)).rows;
    },
    get em() {
      em ??= entitiesOn(orm, transaction.runOnce);
      return em;
    },
  };
  return tx as unknown as Tx;
}

const RETRYABLE = new Set(['40001', '40P01', '55P03']);
/** Whose violation says that another transaction was first with what this one has looked for in vain. */
const LOST_RACES = new Set(['an_idempotency_key_is_used_once', 'an_external_id_earns_once', 'an_external_id_is_sold_once']);
const MAX_ATTEMPTS = 4;

/** Thrown inside `transact` to start over: somebody else recorded the same key in the meantime. */
export class Retry extends Error {}

/** 10 ms and more after the first attempt, up to 50 after the third; at random, so that those that met do not meet again. */
function pauseAfter(attempt: number): Promise<void> {
  return setTimeout(attempt * (10 + Math.random() * 6));
}

/** Whether somebody else wrote first what a transaction looked for in vain: once more, it finds it. */
export function isLostRace(error: unknown): boolean {
  const { constraint } = (error ?? {}) as { constraint?: unknown };
  return error instanceof Retry || (typeof constraint === 'string' && LOST_RACES.has(constraint));
}

function isRetryable(error: unknown): boolean {
  if (isLostRace(error) || isOutdated(error)) return true;
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && RETRYABLE.has(code);
}

/** Runs work in one READ COMMITTED transaction; starts over a bounded number of times on deadlock or a lost race. */
export async function transact<T>(database: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const done = await database.attempt(work);
      for (const committed of database.commits) committed();
      return done;
    } catch (error) {
      if (attempt >= MAX_ATTEMPTS || !isRetryable(error)) throw error;
    }
    await pauseAfter(attempt);
  }
}
