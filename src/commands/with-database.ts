import { existsSync, readFileSync } from 'node:fs';
import { Client } from 'pg';
import { type Config, ConfigurationError } from '../config.ts';
import { openCoalition } from '../partners/open-coalition.ts';
import type { Database } from '../platform/database.ts';
import { recall } from '../platform/embedded/cluster.ts';
import { startEmbeddedPostgres, urlFileOf } from '../platform/embedded/embedded-postgres.ts';
import { DataDirectoryBusy } from '../platform/embedded/owner.ts';
import { migrate } from '../platform/migrate.ts';

/**
 * Works on the coalition's database: the one that is configured, else the running server's, else the embedded one, started for the while.
 * A command that only looks does not make a database where there is none.
 */
export async function withDatabase<T>(config: Config, work: (db: Database) => Promise<T>, { create = false } = {}): Promise<T> {
  const url = config.databaseUrl ?? (await runningServer(config.dataDir));
  if (url !== undefined) return workOn(url, config, work);
  if (!create && recall(config.dataDir) === undefined) {
    throw new ConfigurationError(
      `There is no coalition in ${config.dataDir}: start one with \`npm start\`, or set DATA_DIR or DATABASE_URL.`,
    );
  }
  try {
    return await workOnEmbedded(config, work);
  } catch (error) {
    // A server was about to start at the same moment: by now it has said where it is.
    const started = error instanceof DataDirectoryBusy ? await runningServer(config.dataDir) : undefined;
    if (started === undefined) throw error;
    return workOn(started, config, work);
  }
}

async function workOnEmbedded<T>(config: Config, work: (db: Database) => Promise<T>): Promise<T> {
  const postgres = await startEmbeddedPostgres({ dataDir: config.dataDir, note: (line) => process.stderr.write(`${line}\n`) });
  try {
    return await workOn(postgres.url, config, work);
  } finally {
    await postgres.stop();
  }
}

async function workOn<T>(url: string, config: Config, work: (db: Database) => Promise<T>): Promise<T> {
  await migrate(url);
  const db = await openCoalition(url, { poolSize: config.poolSize, keepsStatements: config.keepsStatements });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

/** A server that was killed leaves its connection string behind, so it is tried. */
async function runningServer(dataDir: string): Promise<string | undefined> {
  const file = urlFileOf(dataDir);
  if (!existsSync(file)) return undefined;
  const url = readFileSync(file, 'utf8').trim();
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  try {
    await client.connect();
    return url;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
}
