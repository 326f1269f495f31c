import { coalitionNow } from '../../src/partners/coalition.ts';
import { type Db, transact } from '../../src/platform/database.ts';
import { readOpenCycle } from '../../src/settlement/cycles/cycles.queries.ts';
import { readIssuerValues, readLateReports, readMemberValues } from '../../src/settlement/lines/cycle-sums.queries.ts';
import { faults, giveNotice, joinAndLeave } from '../exchange/termination-api.ts';
import { accrualOf, type Input, type Member, type Nova, redemptionOf, startNova } from '../support/coalition.ts';
import { type Settlement, settlementOf } from './settlement-api.ts';

/** A tenth of a value, to the partner through which the member enrolled. */
const share = (basis: string): Input => ({ revenueShare: { basis, bps: 1_000, payee: 'HOME' } });

let nova: Nova;
let settlement: Settlement;
let ofAero: Member;
let ofBooks: Member;
beforeEach(async () => {
  nova = await startNova();
  settlement = settlementOf(nova);
  ofAero = await nova.enrol({ homePartner: 'AERO' });
  ofBooks = await nova.enrol({ homePartner: 'BOOKS' });
});
afterEach(() => nova.stop());

async function ofDescription(partner: string): Promise<Record<string, number>> {
  const lines = await settlement.linesOf(partner);
  return Object.fromEntries(
    lines.filter(({ type }) => type === 'REVENUE_SHARE').map(({ description, amount }) => [description, Number(amount.minor)]),
  );
}

test('what expires when a contract ends is shared with the home partner of each member whose points they were', async () => {
  await joinAndLeave(nova, 'EXP', {
    price: [10_000, 0],
    issuance: { fundingModel: 'ON_REDEMPTION', chargeOnExpiry: true },
    termination: { outstandingPolicy: 'EXPIRE', expiryAllowed: true },
    clauses: [share('FUNDING')],
  });
  accrualOf(await nova.earn('EXP', ofAero, { points: 1_000 }));
  accrualOf(await nova.earn('EXP', ofBooks, { points: 5_000 }));
  await giveNotice(nova, 'EXP');
  for (const at of ['2026-01-17T13:00:00+08:00', '2026-01-19T13:00:00+08:00']) {
    await nova.setClock(at);
    await nova.runJob('SETTLE_TERMINATIONS', at);
  }
  expect(await ofDescription('EXP')).toEqual({ 'Revenue share of EXP to AERO': -100, 'Revenue share of EXP to BOOKS': -500 });
  expect(await nova.faults()).toEqual([]);
});

test('blocks are shared as their points are issued, by the home of who earns them, and what comes back is not', async () => {
  await nova.join('PAID', { currency: 'PPT', price: [10_000, 2_000], issuance: { billing: 'PREPAID' }, clauses: [share('FUNDING')] });
  await nova.join('LATER', { currency: 'LPT', price: [10_000, 2_000], clauses: [share('FUNDING')] });
  await nova.operate('purchase-point-block', { partner: 'PAID', currency: 'PPT', points: 9_000 });
  expect(await ofDescription('PAID')).toEqual({});
  const shares = (code: string, aero: number, books: number) => ({
    [`Revenue share of ${code} to AERO`]: -aero,
    [`Revenue share of ${code} to BOOKS`]: -books,
  });
  const given = new Map<string, string>();
  for (const code of ['PAID', 'LATER']) {
    given.set(code, accrualOf(await nova.earn(code, ofAero, { points: 1_000 })).id);
    accrualOf(await nova.earn(code, ofBooks, { points: 3_000 }));
    accrualOf(await nova.earn(code, ofBooks, { points: 2_000, confirm: 'MANUAL' }));
    // 1,000 x 0.012 and 3,000 x 0.012; what is pending is not issued yet
    expect(await ofDescription(code)).toEqual(shares(code, 120, 360));
  }
  for (const [code, id] of given) {
    accrualOf(await nova.reverse(code, id, { points: 500 }));
    expect(await ofDescription(code)).toEqual(shares(code, 60, 360));
  }
  expect(await nova.faults()).toEqual([]);
});

test('shares of reimbursed and of funded points follow every burn and return, read again and again, and are what a fresh look finds', async () => {
  await nova.join('BAR', {
    acceptance: { currencies: ['APT', 'BPT'] },
    clauses: [share('POINTS_VALUE'), { revenueShare: { basis: 'POINTS_VALUE', bps: 1_000, payee: 'ISSUER' } }],
  });
  await nova.join('OWES', {
    currency: 'OPT',
    price: [10_000, 0],
    issuance: { fundingModel: 'ON_REDEMPTION' },
    clauses: [share('FUNDING')],
  });
  await nova.join('INN', { acceptance: { currencies: ['OPT'] } });
  accrualOf(await nova.earn('AERO', ofBooks, { points: 1_000 }));
  accrualOf(await nova.earn('BOOKS', ofAero, { points: 2_000 }));
  accrualOf(await nova.earn('OWES', ofBooks, { points: 1_000 }));
  const burn = async (partner: string, member: Member, currency: string, points: number) => {
    const { id } = redemptionOf(await nova.hold(partner, member, currency, points));
    redemptionOf(await nova.capture(partner, id));
    return id;
  };
  const first = await burn('BAR', ofBooks, 'APT', 1_000);
  // 10.00 for points of AERO, from a member of BOOKS
  expect(await ofDescription('BAR')).toEqual({ 'Revenue share of BAR to BOOKS': -100, 'Revenue share of BAR to AERO': -100 });
  await burn('BAR', ofAero, 'BPT', 2_000);
  await nova.refund('BAR', first, { points: 400 });
  // 6.00 are left of the first, and 10.00 of points of BOOKS from a member of AERO
  expect(await ofDescription('BAR')).toEqual({ 'Revenue share of BAR to BOOKS': -160, 'Revenue share of BAR to AERO': -160 });
  expect(await ofDescription('OWES')).toEqual({});
  const owed = await burn('INN', ofBooks, 'OPT', 1_000);
  expect(await ofDescription('OWES')).toEqual({ 'Revenue share of OWES to BOOKS': -100 });
  await nova.refund('INN', owed, { points: 700 });
  expect(await ofDescription('OWES')).toEqual({ 'Revenue share of OWES to BOOKS': -30 });
  const { db } = nova.app;
  const ids = (await coalitionNow(db)).coalition.partners.map(({ id }) => id);
  const times = ids.map((partnerId) => ({ partnerId, hours: 1 }));
  const [cycle] = await readOpenCycle(db, ['open']);
  if (cycle === undefined) throw new Error('no cycle is open');
  const all = async (from: Db) =>
    [await readMemberValues(from, cycle, ids), await readIssuerValues(from, cycle, ids), await readLateReports(from, cycle, times)].map(
      (sums) => sums.map((sum) => Object.values(sum).join(' ')).sort(),
    );
  expect(await all(db)).toEqual(await transact(db, all));
  expect(await faults(nova)).toEqual([]);
});
