import { Client } from 'pg';
import { newId } from '../../src/kernel/ids.ts';
import { post } from '../../src/ledger/post.ts';
import { balanceAt } from '../../src/ledger/wallets.ts';
import { transact } from '../../src/platform/database.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';
import * as book from './book.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

const tick = () => new Promise((resolve) => setTimeout(resolve, 5));

async function accountOf(member: string): Promise<bigint> {
  const [row] = await database.db.rows<{ id: bigint }>("select id from ledger.accounts where kind = 'WALLET' and owner = $1", [member]);
  return row?.id ?? 0n;
}

/** The real clock of the database, which is the program's until it is set. */
async function clock(): Promise<Date> {
  const [row] = await database.db.rows<{ now: Date }>("select date_trunc('milliseconds', platform.now()) as now");
  return row?.now ?? new Date(0);
}

test('a balance can be asked for as it stood at any instant, and a posting counts from its own', async () => {
  const [member, partner] = [newId(), newId()];
  const start = await clock();
  const instants: Date[] = [];
  for (let i = 1; i <= 20; i += 1) {
    await tick();
    const [posted] = await book.postAll(database.db, [book.confirmed(book.earning({ member, partner, points: 10n }))]);
    if (posted?.refusal === undefined && posted !== undefined) instants.push(posted.recordedAt);
  }
  const account = await accountOf(member);
  expect(await balanceAt(database.db, account, start)).toEqual({ version: 0n, available: 0n, held: 0n, pending: 0n });
  for (const [i, instant] of instants.entries()) {
    expect((await balanceAt(database.db, account, instant)).version).toBe(BigInt(i + 1));
    expect((await balanceAt(database.db, account, new Date(instant.getTime() - 1))).available).toBe(BigInt(i) * 10n);
  }
});

test('a transaction that began earlier and commits later does not appear in the past: no balance is shown that never was', async () => {
  const [member, partner] = [newId(), newId()];
  await book.postAll(database.db, [book.confirmed(book.earning({ member, partner, points: 1n }))]);
  const account = await accountOf(member);
  await tick();

  let between = new Date(0);
  await transact(database.db, async (early) => {
    await early.rows('select pg_current_xact_id()');
    await tick();
    between = await clock();
    await tick();
    await book.postAll(database.db, [book.confirmed(book.earning({ member, partner, points: 7n }))]);
    await tick();
    await post(early, [book.confirmed(book.earning({ member, partner, points: 100n }))]);
  });

  expect((await balanceAt(database.db, account, between)).available).toBe(1n);
  const history = await database.db.rows<{ version: bigint; available_after: bigint }>(
    'select e.version, e.available_after from ledger.entries e join ledger.postings p on p.id = e.posting_id where e.account_id = $1 order by p.recorded_at, e.version',
    [account],
  );
  expect(history.map(({ available_after }) => available_after)).toEqual([1n, 8n, 108n]);
});

test('a posting that waited for a lock is recorded after the one it waited for', async () => {
  const [member, partner] = [newId(), newId()];
  await book.postAll(database.db, [book.confirmed(book.earning({ member, partner, points: 1n }))]);
  let waiting: Promise<unknown> = Promise.resolve();
  await transact(database.db, async (tx) => {
    await book.lockWallet(tx, member, 1);
    waiting = book.postAll(database.db, [book.confirmed(book.earning({ member, partner, points: 7n }))]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await post(tx, [book.confirmed(book.earning({ member, partner, points: 100n }))]);
  });
  await waiting;
  const account = await accountOf(member);
  const backwards = await database.db.rows(
    `select from (
       select p.recorded_at, lag(p.recorded_at) over (order by e.version) as before
       from ledger.entries e join ledger.postings p on p.id = e.posting_id where e.account_id = $1
     ) h where h.recorded_at < h.before`,
    [account],
  );
  expect(backwards).toEqual([]);
  expect(await database.db.rows('select available_after from ledger.entries where account_id = $1 order by version', [account])).toEqual(
    [1n, 101n, 108n].map((available_after) => ({ available_after })),
  );
});

test('along the versions of an account time stands still when the clock was set back, and never runs backwards', async () => {
  const own = await startTestDatabase({ poolSize: 2 });
  const owner = new Client({ connectionString: own.url });
  await owner.connect();
  try {
    const [member, partner] = [newId(), newId()];
    await owner.query("update platform.state set clock_offset = '10 days'");
    const [ahead] = await book.postAll(own.db, [book.confirmed(book.earning({ member, partner, points: 1n }))]);
    await owner.query("update platform.state set clock_offset = '0'");
    const [after] = await book.postAll(own.db, [book.confirmed(book.earning({ member, partner, points: 1n }))]);
    expect(ahead?.refusal === undefined && after?.refusal === undefined && after?.recordedAt).toEqual(
      ahead?.refusal === undefined && ahead?.recordedAt,
    );
  } finally {
    await owner.end();
    await own.stop();
  }
});

test('under concurrent postings the balance at every recorded instant is the sum of what was recorded until then', async () => {
  const [member, partner] = [newId(), newId()];
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      for (let i = 0; i < 15; i += 1) await book.postAll(database.db, [book.confirmed(book.earning({ member, partner, points: 1n }))]);
    }),
  );
  const account = await accountOf(member);
  const off = await database.db.rows(
    `select p.recorded_at, b.available
     from (select distinct p.recorded_at from ledger.entries e join ledger.postings p on p.id = e.posting_id where e.account_id = $1) p
     cross join lateral ledger.balance_at($1, p.recorded_at) b
     where b.available <> (
       select sum(e.available) from ledger.entries e join ledger.postings q on q.id = e.posting_id where e.account_id = $1 and q.recorded_at <= p.recorded_at
     )`,
    [account],
  );
  expect(off).toEqual([]);
});
