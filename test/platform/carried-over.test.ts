import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { openDatabase } from '../../src/platform/database.ts';
import { attemptUnder, findRecorded } from '../../src/platform/idempotency.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { createEmptyDatabase, type NewDatabase } from '../support/database.ts';

const MIGRATIONS = join(import.meta.dirname, '../../migrations');

let database: NewDatabase;
let directory: string;
let owner: Client;
beforeEach(async () => {
  database = await createEmptyDatabase();
  directory = mkdtempSync(join(tmpdir(), 'pointsettia-migrations-'));
  owner = new Client({ connectionString: database.url });
  await owner.connect();
});
afterEach(async () => {
  await owner.end();
  await database.drop();
  rmSync(directory, { recursive: true });
});

/** Brings the database to where it was before a migration. */
async function migrateUpTo(first: string): Promise<void> {
  for (const file of readdirSync(MIGRATIONS).filter((name) => name < first)) cpSync(join(MIGRATIONS, file), join(directory, file));
  await migrate(database.url, directory);
}

test('entries are what they were when what is held and pending came to be said together', async () => {
  await migrateUpTo('0030');
  await owner.query('set session_replication_role = replica');
  const wide = 'account_id, version, posting_id, available, available_after, held, held_after, pending, pending_after';
  await owner.query(
    `insert into ledger.entries (${wide}, unit) values
       (1, 1, 1, 5, 5, null, null, null, null, 0), (1, 2, 2, -3, 2, 3, 3, null, null, 0), (1, 3, 3, 1, 3, null, 3, null, null, 0),
       (1, 4, 4, 0, 3, null, 3, 7, 7, 0), (1, 5, 5, 7, 10, -3, null, -7, null, 0)`,
  );
  const { rows: before } = await owner.query(`select ${wide} from ledger.entries order by version`);
  await migrate(database.url);
  const { rows: after } = await owner.query(
    `select account_id, version, posting_id, available, available_after, (aside).held, (aside).held_after, (aside).pending, (aside).pending_after
     from ledger.entries order by version`,
  );
  expect(after).toEqual(before);
  expect((await owner.query('select version from ledger.entries where aside is null')).rows).toEqual([{ version: '1' }]);
});

test('what was done under a key is known when keys came to be kept by their digests', async () => {
  await migrateUpTo('0032');
  const names = ['till-7', 'a key with spaces', '"quoted" \\ and / slashed', 'tab\tand\u0001more', '积分 ✓ \u2028'].flatMap((key) =>
    ['partner:NOVA', 'partner:"x" y'].map((principal) => attemptUnder(key, { principal, operation: 'accrue', hash: Buffer.from(key) })),
  );
  for (const { principal, operation, key, hash } of names)
    await owner.query(
      'insert into platform.idempotency_keys (principal, operation, key, request_hash, outcome) values ($1, $2, $3, $4, $5)',
      [principal, operation, key, hash, { done: `${principal} ${key}` }],
    );
  await migrate(database.url);
  const db = await openDatabase(database.url);
  try {
    expect(await findRecorded(db, names)).toEqual(names.map(({ principal, key }) => ({ done: { done: `${principal} ${key}` } })));
    const other = attemptUnder('till-7', { principal: 'partner:NOVA', operation: 'reverse', hash: Buffer.from('till-7') });
    expect(await findRecorded(db, [other])).toEqual([undefined]);
  } finally {
    await db.close();
  }
});
