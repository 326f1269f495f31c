import { Client } from 'pg';
import { sweep } from '../../src/settlement/jobs/sweep.ts';
import { cny, type Nova, R10, redemptionOf, startNova } from '../support/coalition.ts';

let nova: Nova;
let superuser: Client;
beforeAll(async () => {
  nova = await startNova({
    AERO: { currency: 'APT', expiry: { rollingMonths: 1 } },
    BOOKS: { currency: 'BPT', rules: [{ ...R10, pendingDays: 7 }] },
  });
  superuser = new Client({ connectionString: nova.app.url });
  await superuser.connect();
});
afterAll(async () => {
  await superuser.end();
  await nova.stop();
});

async function sweepOnce(): Promise<unknown[]> {
  const faults: unknown[] = [];
  await sweep(nova.app.db, (fault) => faults.push(fault));
  return faults;
}

test('holds, pending points and lots are swept as their time passes; a job that fails keeps none of the others from it', async () => {
  const member = await nova.enrol();
  await nova.earn('AERO', member, { points: 1000 });
  await nova.earn('BOOKS', member, { amount: cny('10.00') });
  redemptionOf(await nova.hold('DEPOT', member, 'APT', 300));
  const balances = () => Promise.all(['APT', 'BPT'].map((currency) => nova.balanceOf(member, currency)));
  const before = [
    { available: 700, held: 300, pending: 0 },
    { available: 0, held: 0, pending: 100 },
  ];
  expect(await balances()).toMatchObject(before);

  // given a clock that was set by hand, nothing moves by itself
  expect(await sweepOnce()).toEqual([]);
  expect(await balances()).toMatchObject(before);

  // when it is the real one again, long after, and one job cannot work
  await superuser.query("update platform.state set clock_offset = interval '0', revision = nextval('platform.revisions')");
  await superuser.query('revoke select on exchange.redemptions from pointsettia_app');
  expect(await sweepOnce()).toMatchObject([{ message: 'EXPIRE_HOLDS failed', cause: { code: '42501' } }]);
  expect(await balances()).toMatchObject([
    { available: 0, held: 300, pending: 0 },
    { available: 100, held: 0, pending: 0 },
  ]);

  // then it does its part as soon as it can
  await superuser.query('grant select on exchange.redemptions to pointsettia_app');
  expect(await sweepOnce()).toEqual([]);
  expect(await balances()).toMatchObject([{ available: 0, held: 0, pending: 0 }, { available: 100 }]);
  expect(await nova.faults()).toEqual([]);
});
