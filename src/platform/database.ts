import { type EntityManager, type EntitySchema, MikroORM } from '@mikro-orm/postgresql';
import { CompiledQuery, type ControlledTransaction, type Kysely } from 'kysely';
import { types as pgTypes } from 'pg';

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
  close(): Promise<void>;
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

/** Opens a pool on a PostgreSQL connection string. */
export async function openDatabase(
  url: string,
  options: { poolSize?: number; entities?: readonly EntitySchema[] } = {},
): Promise<Database> {
  const orm = await MikroORM.init({
    clientUrl: url,
    entities: [...(options.entities ?? [])],
    discovery: { warnWhenNoEntities: false },
    pool: { min: 0, max: options.poolSize ?? 10 },
    driverOptions: { types: typeParsers, options: `-c role=${APPLICATION_ROLE} -c timezone=UTC` },
    ignoreUndefinedInQuery: true,
  });
  const em = orm.em;
  return {
    orm,
    em,
    memory: new Map(),
    rows: (sql, parameters = []) => run(em.getConnection().getClient(), sql, parameters),
    close: () => orm.close(),
  };
}

const RETRYABLE = new Set(['40001', '40P01', '55P03']);
const MAX_ATTEMPTS = 4;

/** Thrown inside `transact` to start over: somebody else recorded the same key in the meantime. */
export class Retry extends Error {}

function isRetryable(error: unknown): boolean {
  if (error instanceof Retry) return true;
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && RETRYABLE.has(code);
}

/** Runs work in one READ COMMITTED transaction; starts over a bounded number of times on deadlock or a lost race. */
export async function transact<T>(database: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.orm.em.fork().transactional(async (em) => {
        const context = em.getTransactionContext<ControlledTransaction<unknown>>();
        if (context === undefined) throw new Error('no transaction was opened');
        const { memory } = database;
        const tx = { em, memory, rows: (sql: string, parameters: readonly unknown[] = []) => run(context, sql, parameters) };
        return work(tx as unknown as Tx);
      });
    } catch (error) {
      if (attempt >= MAX_ATTEMPTS || !isRetryable(error)) throw error;
    }
  }
}
