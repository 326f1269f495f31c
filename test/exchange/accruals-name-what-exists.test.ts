import { Client } from 'pg';
import { type Nova, startNova } from '../support/coalition.ts';

let nova: Nova;
let owner: Client;
beforeAll(async () => {
  nova = await startNova();
  await nova.earn('AERO', await nova.enrol(), { points: 100 });
  owner = new Client({ connectionString: nova.app.url });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await nova.stop();
});

test.each(['members.members', 'partners.partners', 'partners.point_currencies'])(
  'the server may not delete from %s, as what was earned names it',
  async (table) => {
    await expect(nova.app.db.rows(`delete from ${table}`)).rejects.toMatchObject({ code: '42501' });
  },
);

test.each(['member_id = gen_random_uuid()', 'partner_id = gen_random_uuid()', 'currency_no = 99'])(
  'the check of the book finds an accrual that names what does not exist: %s',
  async (change) => {
    expect(await nova.faults()).toEqual([]);
    const { rows } = await owner.query('select member_id, partner_id, currency_no from exchange.accruals');
    await owner.query(`update exchange.accruals set ${change}`);
    expect(await nova.faults()).toContainEqual(
      expect.stringMatching(/^accrual [\w-]+: member [\w-]+, partner [\w-]+, point currency \d+$/),
    );
    await owner.query('update exchange.accruals set member_id = $1, partner_id = $2, currency_no = $3', Object.values(rows[0]));
  },
);
