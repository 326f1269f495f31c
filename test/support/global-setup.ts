import { Client } from 'pg';
import { startTemporaryPostgres } from '../../src/platform/embedded/temporary-postgres.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { run } from './run.ts';

/** One PostgreSQL for the run, with one migrated template that every test file's database is cloned from. */
export default async function globalSetup(): Promise<void> {
  const postgres = await startTemporaryPostgres(120);
  run.postgres = postgres;

  const admin = new Client({ connectionString: postgres.url });
  await admin.connect();
  await admin.query('create database template_coalition');
  await admin.end();
  const template = new URL(postgres.url);
  template.pathname = '/template_coalition';
  await migrate(template.href);
  process.env.TEST_POSTGRES_URL = postgres.url;
}
