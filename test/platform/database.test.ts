import { startTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

test('the pool works as the role of the application, never as the owner of the tables', async () => {
  expect(await database.db.rows('select current_user::text as role')).toEqual([{ role: 'pointsettia_app' }]);
});
