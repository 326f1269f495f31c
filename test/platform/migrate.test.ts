import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { migrate } from '../../src/platform/migrate.ts';
import { createEmptyDatabase, type NewDatabase } from '../support/database.ts';

let database: NewDatabase;
let directory: string;
beforeEach(async () => {
  database = await createEmptyDatabase();
  directory = mkdtempSync(join(tmpdir(), 'pointsettia-migrations-'));
});
afterEach(async () => {
  rmSync(directory, { recursive: true });
  await database.drop();
});

async function applied(): Promise<number[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ version: string }>('select version from schema_version where version > 0 order by version');
    return rows.map(({ version }) => Number(version));
  } finally {
    await client.end();
  }
}

test('three servers that start together on an empty database apply every migration once', async () => {
  const files = readdirSync(join(import.meta.dirname, '../../migrations')).sort();
  const runs = await Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)]);
  expect(runs.flat().sort()).toEqual(files);
  expect(await applied()).toEqual(files.map((_, index) => index + 1));
});

test('a migration that fails leaves nothing behind and runs again at the next start', async () => {
  writeFileSync(join(directory, '0001_first.sql'), 'create table first (id int)');
  writeFileSync(join(directory, '0002_second.sql'), 'create table second (id int); select 1 / 0');
  await expect(migrate(database.url, directory)).rejects.toThrow('migration 0002_second.sql failed');
  expect(await applied()).toEqual([1]);
  writeFileSync(join(directory, '0002_second.sql'), 'create table second (id int)');
  expect(await migrate(database.url, directory)).toEqual(['0002_second.sql']);
});

test('a migration that was edited after it ran is refused', async () => {
  writeFileSync(join(directory, '0001_first.sql'), 'create table first (id int)');
  await migrate(database.url, directory);
  writeFileSync(join(directory, '0001_first.sql'), 'create table first (id bigint)');
  await expect(migrate(database.url, directory)).rejects.toThrow('A migration was edited after it had run on this database.');
});

test('a file whose name says no number is refused rather than left out', async () => {
  writeFileSync(join(directory, 'extra.sql'), 'select 1');
  await expect(migrate(database.url, directory)).rejects.toThrow('a migration is named 0001_what_it_does.sql, not extra.sql');
});
