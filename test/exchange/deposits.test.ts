import { statementCounter } from '../../src/platform/database.ts';
import { accrualOf, type Member, type Nova, redemptionOf, refusal, startNova } from '../support/coalition.ts';
import { exchange, exchangeOf, exchanging } from './exchange-api.ts';
import { faults, giveNotice, joinAndLeave, milestones, money } from './termination-api.ts';

const ON_REDEMPTION = { fundingModel: 'ON_REDEMPTION' };

/** A partner that leaves with a deposit of 85 % on 2,000 points of 10,000 micros each, and one that issues like it and stays. */
let nova: Nova;
let member: Member;
beforeAll(async () => {
  nova = await startNova();
  await joinAndLeave(nova, 'DEP', {
    price: [10_000, 0],
    issuance: ON_REDEMPTION,
    termination: { outstandingPolicy: 'HONOUR', depositBps: 8_500 },
    clauses: [exchange('DEPPT', 'APT', { spreadBps: 0 })],
  });
  await nova.join('STAYS', { currency: 'STAYPT', price: [10_000, 0], issuance: ON_REDEMPTION });
  await nova.join('MART', { acceptance: { currencies: ['DEPPT', 'STAYPT', 'APT'] } });
  member = await nova.enrol();
  for (const partner of ['DEP', 'STAYS', 'AERO']) accrualOf(await nova.earn(partner, member, { points: 2_000 }));
  await giveNotice(nova, 'DEP');
});
afterAll(() => nova.stop());

const DEPOSIT = 17_000_000;
const EARN_END = '2026-01-17T12:10:00+08:00';
const TAIL_END = '2026-02-19T12:10:00+08:00';

async function burn(points: number, currency = 'DEPPT'): Promise<string> {
  const { id } = redemptionOf(await nova.hold('MART', member, currency, points));
  redemptionOf(await nova.capture('MART', id));
  return id;
}
async function refund(redemptionId: string, points?: number): Promise<void> {
  expect(refusal(await nova.refund('MART', redemptionId, points === undefined ? {} : { points }))).toBeUndefined();
}
const settle = async (asOf: string): Promise<number | undefined> => (await nova.runJob('SETTLE_TERMINATIONS', asOf)).run?.affected;
/** What the partner has paid besides its deposit, and what the deposit has, in micros. */
async function paid(): Promise<{ byPartner: number; deposit: number }> {
  const { partner, deposit } = await money(nova, 'DEP');
  return { byPartner: -partner - DEPOSIT, deposit };
}

/** Burned and paid by the partner itself, before it had a deposit. */
let early: string;

// The clock only runs forwards: these tests tell one story, from the end of earning to the end of the tail.

test('a refund of what the partner paid by itself goes to the partner', async () => {
  await nova.setClock(EARN_END);
  early = await burn(100);
  const both = await burn(100);
  expect((await money(nova, 'DEP')).partner).toBe(-2_000_000);
  await refund(both);
  expect(await money(nova, 'DEP')).toEqual({ partner: -1_000_000, deposit: 0, pool: 0 });
  await refund(early, 50);
  expect((await money(nova, 'DEP')).partner).toBe(-500_000);
  await refund(early, 50);
  early = await burn(100);
  // 1,900 points are outstanding: the deposit is taken on what is not burned.
  expect(await settle(EARN_END)).toBe(1);
  expect(await money(nova, 'DEP')).toEqual({ partner: -1_000_000 - 16_150_000, deposit: 16_150_000, pool: 0 });
  await refund(early, 40);
  expect(await money(nova, 'DEP')).toEqual({ partner: -600_000 - 16_150_000, deposit: 16_150_000, pool: 0 });
});

test('points that are burned and refunded again and again leave the deposit as it was', async () => {
  const before = await paid();
  for (let round = 0; round < 3; round += 1) {
    const id = await burn(400);
    expect(await paid()).toEqual({ ...before, deposit: before.deposit - 4_000_000 });
    await refund(id);
    expect(await paid()).toEqual(before);
  }
  expect(await faults(nova)).toEqual([]);
});

test('parts of a refund fill what the burn drew on the deposit, and only then go to the partner', async () => {
  const before = await paid();
  // 1,800 points cost 18.00: 1.85 more than the deposit has.
  const id = await burn(1_800);
  expect(await paid()).toEqual({ byPartner: before.byPartner + 1_850_000, deposit: 0 });
  await refund(id, 30);
  expect(await paid()).toEqual({ byPartner: before.byPartner + 1_850_000, deposit: 300_000 });
  await refund(id, 1_600);
  expect(await paid()).toEqual({ byPartner: before.byPartner + 1_700_000, deposit: 16_150_000 });
  await refund(id);
  expect(await paid()).toEqual(before);
});

test('each burn fills what it drew itself: what another one drew stays drawn', async () => {
  const before = await paid();
  const first = await burn(1_615);
  const second = await burn(100);
  expect(await paid()).toEqual({ byPartner: before.byPartner + 1_000_000, deposit: 0 });
  await refund(second);
  expect(await paid()).toEqual({ byPartner: before.byPartner, deposit: 0 });
  await refund(first);
  expect(await paid()).toEqual(before);
});

test('a purchase paid with exchanged points gives back the new points, which are funded: the deposit stays drawn', async () => {
  const before = await paid();
  const payment = await exchanging(nova).pay('MART', member, { from: 'DEPPT', currency: 'APT', points: 200 });
  expect(exchangeOf(payment)).toMatchObject({ debited: 200, credited: 200 });
  const drawn = { ...before, deposit: before.deposit - 2_000_000 };
  expect(await paid()).toEqual(drawn);
  await refund(payment.redemption?.id ?? '');
  expect(await paid()).toEqual(drawn);
  expect(await faults(nova)).toEqual([]);
});

test('a refund costs no statement more while its issuer has no deposit', async () => {
  const [aero, stays] = [await burn(10, 'APT'), await burn(10, 'STAYPT')];
  const statements = async (id: string): Promise<number> => {
    const before = statementCounter.count;
    await refund(id, 1);
    return statementCounter.count - before;
  };
  await statements(aero);
  await statements(stays);
  expect(await statements(stays)).toBe(await statements(aero));
});

test('once the deposit is returned a refund goes to the partner, also one that comes at the same moment', async () => {
  const [during, after] = [await burn(100), await burn(100)];
  const before = await paid();
  await nova.setClock(TAIL_END);
  const [affected] = await Promise.all([settle(TAIL_END), refund(during)]);
  expect(affected).toBe(1);
  const returned = { byPartner: before.byPartner - before.deposit - 1_000_000, deposit: 0 };
  expect(await paid()).toEqual(returned);
  expect(await milestones(nova, 'DEP')).toMatchObject({ DEPOSIT_RETURN: expect.stringMatching(/^done/) });
  await refund(after);
  expect(await paid()).toEqual({ byPartner: returned.byPartner - 1_000_000, deposit: 0 });
  await refund(early);
  // 200 points have gone on as points of AERO: nothing else was paid for in the end.
  expect((await money(nova, 'DEP')).partner).toBe(-2_000_000);
  expect(await faults(nova)).toEqual([]);
});
