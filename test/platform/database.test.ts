import { setImmediate } from 'node:timers/promises';
import { Client } from 'pg';
import { type Database, type Db, openDatabase, Retry, transact } from '../../src/platform/database.ts';
import { isDatabaseAway } from '../../src/platform/database-faults.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let impatient: Database;
beforeAll(async () => {
  database = await startTestDatabase();
  impatient = await openDatabase(database.url, { poolSize: 2, lockTimeoutMs: 100, statementTimeoutMs: 300 });
});
afterAll(async () => {
  await impatient.close();
  await database.stop();
});

/** Runs work that must fail and answers what it threw. */
async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('this was to fail');
}

test('the pool works as the role of the application, never as the owner of the tables', async () => {
  expect(await database.db.rows('select current_user::text as role')).toEqual([{ role: 'pointsettia_app' }]);
});

test('nobody waits for a lock or keeps others waiting without end; how long a statement takes is for its door to say', async () => {
  const limits = (db: Database) =>
    db.rows(`select current_setting('lock_timeout') as lock, current_setting('idle_in_transaction_session_timeout') as idle,
      current_setting('statement_timeout') as statement`);
  expect(await limits(database.db)).toEqual([{ lock: '5s', idle: '1min', statement: '0' }]);
  expect(await limits(impatient)).toEqual([{ lock: '100ms', idle: '1min', statement: '300ms' }]);
});

test('work that meets a lock is tried four times, and then the database is as good as away', async () => {
  const rival = new Client({ connectionString: database.url });
  await rival.connect();
  try {
    await rival.query('begin; select from platform.state for update');
    let attempts = 0;
    const work = () =>
      transact(impatient, async (tx) => {
        attempts += 1;
        await tx.rows('select from platform.state for update');
      });
    const failure = await failureOf(work());
    expect(attempts).toBe(4);
    expect(failure).toMatchObject({ code: '55P03' });
    expect(isDatabaseAway(failure)).toBe(true);

    const waiting = work();
    await new Promise((resolve) => setTimeout(resolve, 150));
    await rival.query('rollback');
    await waiting;
  } finally {
    await rival.end();
  }
});

test('a race that is lost again and again, and a statement that takes too long, can be repeated by the client', async () => {
  let attempts = 0;
  const started = performance.now();
  const lost = await failureOf(
    transact(impatient, async () => {
      attempts += 1;
      throw new Retry('somebody else was first');
    }),
  );
  expect(attempts).toBe(4);
  // 10, 20 and 30 milliseconds at least
  expect(performance.now() - started).toBeGreaterThan(55);
  expect(isDatabaseAway(lost)).toBe(true);
  expect(isDatabaseAway(await failureOf(impatient.rows('select pg_sleep(5)')))).toBe(true);
  expect(isDatabaseAway(await failureOf(impatient.rows('select 1 / 0')))).toBe(false);
});

test('who finds all connections at work waits five seconds and no longer', async () => {
  const end = Promise.withResolvers<void>();
  const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const busy = begun.map(({ resolve }) =>
    transact(impatient, () => {
      resolve();
      return end.promise;
    }),
  );
  try {
    await Promise.all(begun.map(({ promise }) => promise));
    const started = performance.now();
    const failure = await failureOf(impatient.rows('select 1'));
    expect(isDatabaseAway(failure)).toBe(true);
    expect(performance.now() - started).toBeLessThan(15_000);
  } finally {
    end.resolve();
    await Promise.all(busy);
  }
  expect(await impatient.rows('select 1 as one')).toEqual([{ one: 1 }]);
});

test('connections that are lost in a transaction or before one begins are replaced, and the pool closes', async () => {
  const small = await openDatabase(database.url, { poolSize: 2 });
  const admin = new Client({ connectionString: database.url });
  const pids = (db: Db) => db.rows<{ pid: number }>('select pg_backend_pid() as pid');
  const end = (lost: readonly { pid: number }[], waitMs = 0) =>
    admin.query('select pg_terminate_backend(pid, $2) from unnest($1::integer[]) as pid', [lost.map(({ pid }) => pid), waitMs]);
  await admin.connect();
  try {
    for (let times = 0; times < 3; times += 1) {
      const inWork = transact(small, async (tx) => {
        await end(await pids(tx));
        await tx.rows('select 1');
      });
      await expect(inWork).rejects.toBeDefined();
      const atCommit = transact(small, async (tx) => end(await pids(tx)));
      await expect(atCommit).rejects.toBeDefined();
      const idle = await pids(small);
      // The pool may not have heard of it yet, and has in the next round of the event loop after it is gone.
      await Promise.allSettled([end(idle, 5_000), transact(small, pids)]);
      await setImmediate();
    }
    const both = await Promise.all([0, 1].map(() => transact(small, async (tx) => [await pids(tx), await pids(tx)])));
    for (const [one, again] of both) expect(one).toEqual(again);
  } finally {
    await admin.end();
    await small.close();
  }
});
