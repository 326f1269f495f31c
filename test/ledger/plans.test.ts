import { newId } from '../../src/kernel/ids.ts';
import { post } from '../../src/ledger/post.ts';
import { lockWallets } from '../../src/ledger/wallets.ts';
import { type Database, openDatabase, type Tx, transact } from '../../src/platform/database.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';
import * as book from './book.ts';

let database: TestDatabase;
/** One connection, which keeps the plans that it made first. */
let db: Database;
beforeAll(async () => {
  database = await startTestDatabase();
  db = await openDatabase(database.url, { poolSize: 1 });
});
afterAll(async () => {
  await db.close();
  await database.stop();
});

const BATCH = 100;

/** How many rows of accounts this connection has read lately. */
async function rowsRead(tx: Tx): Promise<number> {
  const [{ read = 0n } = {}] = await tx.rows<{ read: bigint }>(
    `select seq_tup_read + idx_tup_fetch as read from pg_stat_xact_user_tables where relid = 'ledger.accounts'::regclass`,
  );
  return Number(read);
}

/** Earns into wallets that nobody had; answers how many rows of accounts were read for it. */
function earnAnew(partner: string): Promise<number> {
  const members = Array.from({ length: BATCH }, newId);
  return transact(db, async (tx) => {
    const before = await rowsRead(tx);
    const wallets = await lockWallets(
      tx,
      members.map((memberId) => ({ memberId, unit: 1 })),
    );
    await post(
      tx,
      members.map((member) => book.confirmed(book.earning({ member, partner, points: 1n }))),
      [...wallets.values()],
    );
    return (await rowsRead(tx)) - before;
  });
}

test('a batch reads the rows of its accounts and no others, though its plan was made when the book was empty', async () => {
  const partner = newId();
  const first = await earnAnew(partner);
  for (let times = 0; times < 20; times += 1) await earnAnew(partner);
  const last = await earnAnew(partner);
  expect(first).toBeLessThan(BATCH * 10);
  expect(last).toBeLessThan(BATCH * 10);
});
