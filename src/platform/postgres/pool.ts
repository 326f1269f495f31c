import { DatabaseError, Pool, type PoolClient } from 'pg';

/** How long to wait for a connection, a new one or one of a pool in which all are at work. */
const CONNECTION_TIMEOUT_MS = 5_000;
/** A connection that is opened again has nothing prepared. */
const IDLE_MS = 60_000;

export interface PoolOptions {
  readonly size: number;
  /** Settings of every session, by their names in PostgreSQL. */
  readonly settings: Readonly<Record<string, string | number>>;
}

/** Opens a pool on a PostgreSQL connection string; connections are made when they are needed. */
export function openPool(url: string, { size, settings }: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: withSettings(url, settings),
    max: size,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_MS,
  });
  // Whoever has a statement under way hears of a lost connection from it; nobody else needs to.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Ours win over those that the string may bring along. */
function withSettings(url: string, settings: PoolOptions['settings']): string {
  const to = new URL(url);
  const ours = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  to.searchParams.set('options', [to.searchParams.get('options') ?? '', ...ours].join(' ').trim());
  return to.href;
}

/** Lends a connection to work that leaves no transaction open. */
export async function withClient<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    const done = await work(client);
    client.release();
    return done;
  } catch (error) {
    client.release(!(error instanceof DatabaseError && error.severity === 'ERROR'));
    throw error;
  }
}
