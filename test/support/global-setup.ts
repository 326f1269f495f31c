import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { EmbeddedPostgres } from '../../src/platform/embedded/embedded-postgres.ts';
import { startTemporaryPostgres } from '../../src/platform/embedded/temporary-postgres.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { run } from './run.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The programs that tests start as processes of their own, built once: two files that build at a time would write over each other. */
const build = () => promisify(execFile)(join(ROOT, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json'], { cwd: ROOT });

async function startPostgres(): Promise<EmbeddedPostgres> {
  run.postgres = await startTemporaryPostgres(120);
  return run.postgres;
}

/** One PostgreSQL for the run, with one migrated template that every test file's database is cloned from; the programs are built beside it. */
export default async function globalSetup(): Promise<void> {
  const [postgres] = await Promise.all([startPostgres(), build()]);

  const admin = new Client({ connectionString: postgres.url });
  await admin.connect();
  await admin.query('create database template_coalition');
  await admin.end();
  const template = new URL(postgres.url);
  template.pathname = '/template_coalition';
  await migrate(template.href);
  process.env.TEST_POSTGRES_URL = postgres.url;
}
