import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import Postgrator from 'postgrator';

/** Any number will do, as long as every server on the database takes the same one. */
const MIGRATION_LOCK = 7_405_771;
/** The same from src/ and from dist/. */
const MIGRATIONS = join(import.meta.dirname, '../../migrations');
const FILE_NAME = /^(\d{4})_([a-z0-9_-]+)\.sql$/;

/** Postgrator over files named `0001_what_it_does.sql`; forward only. */
class Migrator extends Postgrator {
  declare migrations: Postgrator.Migration[];
  readonly #directory: string;

  constructor(directory: string, client: Client) {
    super({ driver: 'pg', schemaTable: 'schema_version', execQuery: (sql) => client.query(sql) });
    this.#directory = directory;
  }

  override async getMigrations(): Promise<Postgrator.Migration[]> {
    this.migrations = readdirSync(this.#directory)
      .filter((file) => file.endsWith('.sql'))
      .map((file) => readMigration(this.#directory, file))
      .sort((a, b) => a.version - b.version);
    const twin = this.migrations.find(({ version }, index) => this.migrations[index + 1]?.version === version);
    if (twin !== undefined) throw new Error(`two migrations have the number ${twin.version}`);
    return this.migrations;
  }
}

function readMigration(directory: string, file: string): Postgrator.Migration {
  const [, version, name] = FILE_NAME.exec(file) ?? [];
  if (version === undefined || name === undefined) throw new Error(`a migration is named 0001_what_it_does.sql, not ${file}`);
  const sql = readFileSync(join(directory, file), 'utf8').replaceAll('\r\n', '\n');
  return {
    version: Number(version),
    action: 'do',
    filename: file,
    name,
    md5: createHash('md5').update(sql).digest('hex'),
    getSql: () => sql,
  };
}

/** Brings the database up to date and names what was applied. Servers that start together take turns. */
export async function migrate(url: string, directory = MIGRATIONS): Promise<readonly string[]> {
  const client = new Client({ connectionString: url, application_name: 'pointsettia migrate' });
  await client.connect();
  try {
    await client.query(`select pg_advisory_lock(${MIGRATION_LOCK})`);
    return await applyPending(client, new Migrator(directory, client));
  } finally {
    await client.end();
  }
}

async function applyPending(client: Client, migrator: Migrator): Promise<string[]> {
  const applied: string[] = [];
  const current = await migrator.getDatabaseVersion();
  const all = await migrator.getMigrations();
  await migrator.validateMigrations(current).catch((cause: unknown) => {
    throw new Error(
      'A migration was edited after it had run on this database. Write a new one; a database for trying out can be removed.',
      { cause },
    );
  });
  for (const { version, filename } of all.filter((migration) => migration.version > current)) {
    await client.query('begin');
    try {
      await migrator.migrate(String(version));
      await client.query('commit');
    } catch (error) {
      throw new Error(`migration ${filename} failed`, { cause: error });
    }
    applied.push(filename);
  }
  return applied;
}
