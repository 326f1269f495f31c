import { setTimeout } from 'node:timers/promises';
import { type EntityManager, type EntitySchema, MikroORM } from '@mikro-orm/postgresql';
import { CompiledQuery, type ControlledTransaction, type Kysely } from 'kysely';
import { types as pgTypes } from 'pg';
import { giveBackLostConnections } from './lost-connections.ts';

/** Read access. Handing a `Tx` where a `Db` is wanted reads inside that transaction. */
export interface Db {
  /** Entities of configuration objects; inside a transaction, its unit of work. */
  readonly em: EntityManager;
  /** What this process remembers of the database behind it; shared by the pool and its transactions. */
  readonly memory: Map<string, unknown>;
  /** Runs one statement with `$1` parameters; int8 columns come back as bigint. */
  rows<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

declare const permit: unique symbol;

/** The permit to write. Only `transact` makes one, so forgetting the transaction does not compile. */
export interface Tx extends Db {
  readonly [permit]: true;
}

/** The pool: where transactions begin. A `Tx` is not a `Database`, so nesting one does not compile. */
export interface Database extends Db {
  readonly orm: MikroORM;
  /** Called after every transaction of this process that has committed. */
  readonly commits: Set<() => void>;
  close(): Promise<void>;
}

/** Whether reads go through the pool, each on a connection of its own, and not inside a transaction. */
export function isPool(db: Db): db is Database {
  return 'orm' in db;
}

/** Role that the application works as: it may read the ledger and call its functions, and nothing else there. */
export const APPLICATION_ROLE = 'pointsettia_app';

type Runner = Kysely<unknown> | ControlledTransaction<unknown>;

const INT8 = 20;
const INT8_ARRAY = 1016;
const DATE = 1082;

const typeParsers = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === INT8) return BigInt;
    if (oid === INT8_ARRAY) return (text: string) => (text === '{}' ? [] : text.slice(1, -1).split(',').map(BigInt));
    if (oid === DATE) return (text: string) => text;
    return pgTypes.getTypeParser(oid, format as 'text');
  },
};

/** Counts the statements sent, for tests that guard against one statement a row. */
export const statementCounter = { count: 0 };

async function run<Row>(runner: Runner, sql: string, parameters: readonly unknown[]): Promise<Row[]> {
  statementCounter.count += 1;
  const result = await runner.executeQuery<Row>(CompiledQuery.raw(sql, [...parameters]));
  return result.rows;
}

export interface DatabaseOptions {
  readonly poolSize?: number;
  readonly entities?: readonly EntitySchema[];
  /** How long one statement may take. Without it as long as it needs, as an import or a verification does. */
  readonly statementTimeoutMs?: number;
  /** How long a statement waits for a row that another transaction holds. */
  readonly lockTimeoutMs?: number;
}

const LOCK_TIMEOUT_MS = 5_000;
/** A transaction that does nothing for so long is ended by the server: others wait for what it holds. */
const IDLE_IN_TRANSACTION_MS = 60_000;
/** How long to wait for a connection, a new one or one of a pool in which all are at work. */
const CONNECTION_TIMEOUT_MS = 5_000;

function settingsOf({ statementTimeoutMs = 0, lockTimeoutMs = LOCK_TIMEOUT_MS }: DatabaseOptions): string {
  const settings = {
    role: APPLICATION_ROLE,
    timezone: 'UTC',
    lock_timeout: lockTimeoutMs,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    statement_timeout: statementTimeoutMs,
  };
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

/** Opens a pool on a PostgreSQL connection string. */
export async function openDatabase(url: string, options: DatabaseOptions = {}): Promise<Database> {
  const orm = await MikroORM.init({
    clientUrl: url,
    entities: [...(options.entities ?? [])],
    discovery: { warnWhenNoEntities: false },
    pool: { min: 0, max: options.poolSize ?? 10 },
    driverOptions: {
      types: typeParsers,
      options: settingsOf(options),
      connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
      onPoolCreated: giveBackLostConnections,
    },
    ignoreUndefinedInQuery: true,
  });
  const em = orm.em;
  /** Statements under way. The pool is closed after them: one that would get a new connection meanwhile would never give it back. */
  const underWay = new Set<Promise<unknown>>();
  let isClosing = false;
  return {
    orm,
    em,
    commits: new Set(),
    memory: new Map(),
    async rows<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
      if (isClosing) throw new Error('Connection terminated: the pool is being closed');
      const running = run<Row>(em.getConnection().getClient(), sql, parameters);
      underWay.add(running);
      try {
        return await running;
      } finally {
        underWay.delete(running);
      }
    },
    async close() {
      isClosing = true;
      await Promise.allSettled(underWay);
      await orm.close();
    },
  };
}

const RETRYABLE = new Set(['40001', '40P01', '55P03']);
const MAX_ATTEMPTS = 4;

/** Thrown inside `transact` to start over: somebody else recorded the same key in the meantime. */
export class Retry extends Error {}

/** 10 ms and more after the first attempt, up to 50 after the third; at random, so that those that met do not meet again. */
function pauseAfter(attempt: number): Promise<void> {
  return setTimeout(attempt * (10 + Math.random() * 6));
}

function isRetryable(error: unknown): boolean {
  if (error instanceof Retry) return true;
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && RETRYABLE.has(code);
}

/** Runs work in one READ COMMITTED transaction; starts over a bounded number of times on deadlock or a lost race. */
export async function transact<T>(database: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const done = await database.orm.em.fork().transactional(async (em) => {
        const context = em.getTransactionContext<ControlledTransaction<unknown>>();
        if (context === undefined) throw new Error('no transaction was opened');
        const { memory } = database;
        const tx = { em, memory, rows: (sql: string, parameters: readonly unknown[] = []) => run(context, sql, parameters) };
        return work(tx as unknown as Tx);
      });
      for (const committed of database.commits) committed();
      return done;
    } catch (error) {
      if (attempt >= MAX_ATTEMPTS || !isRetryable(error)) throw error;
    }
    await pauseAfter(attempt);
  }
}
