import { attemptUnder, findRecorded } from '../../src/platform/idempotency.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

const body = Buffer.from('body');
const keep = (id: string) =>
  database.db.rows('insert into platform.idempotency_keys (id, request_hash, outcome) values ($1, $2, $3)', [id, body, { kept: true }]);

test('the database keeps a key once', async () => {
  const { id } = attemptUnder('once', { principal: 'partner:NOVA', operation: 'accrue', hash: body });
  await keep(id);
  await expect(keep(id)).rejects.toMatchObject({ constraint: 'an_idempotency_key_is_used_once' });
});

test('principal, operation and key are told apart however they are put together', async () => {
  const under = (principal: string, operation: string, key: string) => attemptUnder(key, { principal, operation, hash: body });
  const one = under('a b', 'c', 'd');
  await keep(one.id);
  const others = [
    under('a', 'b c', 'd'),
    under('a b', 'c d', ''),
    under('a', 'b', 'c d'),
    under('a b c', '', 'd'),
    under('"a b" "c"', '', 'd'),
  ];
  expect(await findRecorded(database.db, [one, ...others])).toEqual([{ done: { kept: true } }, ...others.map(() => undefined)]);
});
