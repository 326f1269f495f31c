import { accrualOf, type Member, type Nova, startNova } from '../support/coalition.ts';
import { faults, giveNotice, joinAndLeave, operatorMicros } from './termination-api.ts';

let nova: Nova;
let saver: Member;
let other: Member;
let before: number;
beforeAll(async () => {
  nova = await startNova();
  await joinAndLeave(nova, 'CON', { price: [10_000, 0], termination: { outstandingPolicy: 'CONVERT', convertTo: 'CPT' } });
  [saver, other] = [await nova.enrol(), await nova.enrol()];
  for (let lot = 0; lot < 6; lot += 1) accrualOf(await nova.earn('CON', saver, { points: 1 }));
  for (const points of [3, 1, 1]) accrualOf(await nova.earn('CON', other, { points }));
  await giveNotice(nova, 'CON');
  before = await operatorMicros(nova);
  await nova.setClock('2026-02-19T13:00:00+08:00');
  await nova.runJob('SETTLE_TERMINATIONS', '2026-02-19T13:00:00+08:00');
});
afterAll(() => nova.stop());

test('six lots of one point at half the price become three points: the sum of a wallet is floored, not every lot', async () => {
  expect((await nova.balanceOf(saver, 'CONPT')).available).toBe(0);
  expect((await nova.balanceOf(saver, 'CPT')).available).toBe(3);
});

test('what a wallet falls short of a whole point is the operator’s', async () => {
  // 5 x 10,000 / 20,000 = 2.5
  expect((await nova.balanceOf(other, 'CPT')).available).toBe(2);
  expect((await operatorMicros(nova)) - before).toBe(10_000);
  expect(await faults(nova)).toEqual([]);
});

test('the new points go to the lots by largest remainder, and each new lot names the one it came from', async () => {
  const lots = await nova.app.db.rows<{ member: string; parent: bigint; points: bigint }>(
    `select a.owner as member, parent.initial as parent, l.initial as points from ledger.lots l
     join ledger.lots parent on parent.id = l.parent join ledger.accounts a on a.id = l.account_id
     where l.origin = 'CONVERSION' order by parent.id`,
  );
  expect(lots.map(({ parent, points }) => [parent, points])).toEqual([
    [1n, 1n],
    [1n, 1n],
    [1n, 1n],
    // Of 2, the lots of 3, 1 and 1 points have 1.2, 0.4 and 0.4.
    [3n, 1n],
    [1n, 1n],
  ]);
  expect(new Set(lots.map(({ member }) => member)).size).toBe(2);
  const query = '{ me { lots(currency: "CPT") { edges { node { origins { points issuer { code } } } } } } }';
  const { data } = await nova.app.graphql(query, { token: saver.token });
  expect(data.me.lots.edges).toEqual(Array.from({ length: 3 }, () => ({ node: { origins: [{ points: 1, issuer: { code: 'CON' } }] } })));
});
