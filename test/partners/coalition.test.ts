import { bumpRevision, coalitionNow } from '../../src/partners/coalition.ts';
import { PARTNER_ENTITIES } from '../../src/partners/entities.ts';
import { statementCounter, transact } from '../../src/platform/database.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase({ entities: PARTNER_ENTITIES, poolSize: 4 });
});
afterAll(() => database.stop());

async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  await bumpRevision(database.db);
  const before = statementCounter.count;
  await work();
  return statementCounter.count - before;
}

test('requests that come at the same moment look for a new revision once, and read it once', async () => {
  const one = await statementsOf(() => coalitionNow(database.db));
  const many = await statementsOf(() => Promise.all(Array.from({ length: 20 }, () => coalitionNow(database.db))));
  expect(many).toBe(one);
});

test('transactions on all connections do not wait for a reading that has none', async () => {
  await bumpRevision(database.db);
  const { revision } = (await coalitionNow(database.db)).coalition;
  await bumpRevision(database.db);
  const readings = await Promise.all(
    Array.from({ length: 12 }, (_, at) => (at % 2 === 0 ? coalitionNow(database.db) : transact(database.db, (tx) => coalitionNow(tx)))),
  );
  expect(new Set(readings.map(({ coalition }) => coalition.revision > revision))).toEqual(new Set([true]));
});
