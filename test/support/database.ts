import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { type Database, type DatabaseOptions, openDatabase, type Tx } from '../../src/platform/database.ts';

export interface TestDatabase {
  /** Connection string of the superuser, for looking behind the scenes and for second processes. */
  readonly url: string;
  /** The pool, working as the application's role. */
  readonly db: Database;
  stop(): Promise<void>;
}

async function administer(sql: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function serverUrl(): string {
  const url = process.env.TEST_POSTGRES_URL;
  if (url === undefined) throw new Error('no PostgreSQL is running for the tests: global-setup.ts starts it');
  return url;
}

export interface NewDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

async function create(template: string): Promise<NewDatabase> {
  const name = `coalition_${randomUUID().replaceAll('-', '')}`;
  await administer(`create database ${name} template ${template}`);
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => administer(`drop database if exists ${name} with (force)`) };
}

/** A migrated database without rows. */
export function createTestDatabase(): Promise<NewDatabase> {
  return create('template_coalition');
}

/** A database that no migration has run on. */
export function createEmptyDatabase(): Promise<NewDatabase> {
  return create('template0');
}

/** How many rows of a table this transaction has read. */
export async function rowsRead(tx: Tx, table: string): Promise<number> {
  const [{ read = 0n } = {}] = await tx.rows<{ read: bigint }>(
    `select seq_tup_read + idx_tup_fetch as read from pg_stat_xact_user_tables where relid = $1::regclass`,
    [table],
  );
  return Number(read);
}

/** A database of its own with a pool on it, without HTTP. */
export async function startTestDatabase(options: DatabaseOptions = {}): Promise<TestDatabase> {
  const { url, drop } = await createTestDatabase();
  const db = await openDatabase(url, options);
  return {
    url,
    db,
    stop: async () => {
      await db.close();
      await drop();
    },
  };
}
