import { newId } from '../../src/kernel/ids.ts';
import { readSpendableLots } from '../../src/ledger/lots.ts';
import { post } from '../../src/ledger/post.ts';
import { prolongLots } from '../../src/ledger/prolong-lots.ts';
import { lockWallets } from '../../src/ledger/wallets.ts';
import { type Database, openDatabase, transact } from '../../src/platform/database.ts';
import { rowsRead, startTestDatabase, type TestDatabase } from '../support/database.ts';
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

/** Earns into wallets that nobody had; answers how many rows of accounts were read for it. */
function earnAnew(partner: string): Promise<number> {
  const members = Array.from({ length: BATCH }, newId);
  return transact(db, async (tx) => {
    const before = await rowsRead(tx, 'ledger.accounts');
    const wallets = await lockWallets(
      tx,
      members.map((memberId) => ({ memberId, unit: 1 })),
    );
    await post(
      tx,
      members.map((member) => book.confirmed(book.earning({ member, partner, points: 1n }))),
      [...wallets.values()],
    );
    return (await rowsRead(tx, 'ledger.accounts')) - before;
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

test('points are made to last longer by reading the lots of their wallets and no others', async () => {
  const partner = newId();
  for (let times = 0; times < 5; times += 1) await earnAnew(partner);
  const [member, until] = [newId(), new Date('2030-01-01T00:00:00Z')];
  const read = await transact(db, async (tx) => {
    const wallets = [...(await lockWallets(tx, [{ memberId: member, unit: 1 }])).values()];
    const expiresAt = new Date('2029-01-01T00:00:00Z');
    const postings = [1n, 2n, 3n].map((points) => book.confirmed(book.earning({ member, partner, points, expiresAt })));
    await post(tx, postings, wallets);
    const before = await rowsRead(tx, 'ledger.lots');
    await prolongLots(
      tx,
      wallets.map(({ accountId }) => ({ accountId, until, opened: undefined })),
    );
    const lots = await readSpendableLots(
      tx,
      wallets.map(({ accountId }) => accountId),
      expiresAt,
    );
    expect(lots.map((lot) => lot.expiresAt)).toEqual([until, until, until]);
    return (await rowsRead(tx, 'ledger.lots')) - before;
  });
  expect(read).toBeLessThan(20);
});
