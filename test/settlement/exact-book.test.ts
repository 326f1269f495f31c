import { coalitionNow } from '../../src/partners/coalition.ts';
import { type Db, transact } from '../../src/platform/database.ts';
import { readOpenCycle } from '../../src/settlement/cycles/cycles.queries.ts';
import { type CycleLine, netOf, OPERATOR, POOL } from '../../src/settlement/lines/cycle-line.ts';
import { drawLines } from '../../src/settlement/lines/load-lines.ts';
import { exchange, exchangeOf, exchanging } from '../exchange/exchange-api.ts';
import { giveNotice, joinAndLeave } from '../exchange/termination-api.ts';
import { accrualOf, cny, type Input, type Member, type Nova, redemptionOf, startNova } from '../support/coalition.ts';
import { sumOf } from './coalition-on-paper.ts';
import { settlementOf } from './settlement-api.ts';

const SPRING: Input = {
  jointPromotion: {
    promotion: 'SPRING',
    contributions: [
      { partner: 'AERO', weight: '6667' },
      { partner: 'CAFE', weight: '3333' },
    ],
    from: '2026-01-01T00:00:00+08:00',
    until: '2026-02-01T00:00:00+08:00',
  },
};

let nova: Nova;
let member: Member;
beforeAll(async () => {
  nova = await startNova({
    AERO: { clauses: [SPRING, exchange('APT', 'BPT', { feePoints: 7 })] },
    BOOKS: { issuance: { fundingModel: 'HYBRID', issueShareBps: 3_333 } },
    CAFE: { issuance: { fundingModel: 'ON_REDEMPTION' }, clauses: [SPRING, exchange('CPT', 'APT')] },
    DEPOT: { acceptance: { currencies: ['APT', 'BPT', 'CPT'], reimbursementMicros: 7_777, handlingFeeBps: 300 } },
  });
  member = await nova.enrol();
});
afterAll(() => nova.stop());

async function draft(db: Db): Promise<readonly CycleLine[]> {
  const { coalition, now } = await coalitionNow(db);
  const [cycle] = await readOpenCycle(db, ['open']);
  if (cycle === undefined) throw new Error('no cycle is open');
  const lines = await drawLines(db, coalition, cycle, now);
  expect(sumOf(lines, coalition)).toBe(0n);
  return lines;
}

/** What lines of some types say of a party, in exact micros. */
const said = (lines: readonly CycleLine[], party: string, types?: readonly string[]): bigint =>
  lines.reduce((sum, line) => (types?.includes(line.type) === false ? sum : sum + (line.shares.get(party)?.micros ?? 0n)), 0n);

const POSTED = ['FUNDING', 'REIMBURSEMENT', 'DEPOSIT', 'BUY_BACK'];

/** The lines, read on from where they were read last and read afresh, against the accounts of the book: to the micro. */
async function compare(): Promise<void> {
  const { db } = nova.app;
  const lines = await draft(db);
  expect(await transact(db, draft)).toEqual(lines);
  const accounts = await db.rows<{ party: string; micros: bigint }>(
    `select coalesce(p.code, 'POOL') as party, sum(a.available)::bigint as micros
     from ledger.accounts a left join partners.partners p on a.kind = 'PARTNER' and p.id = a.owner
     where a.unit = 0 and a.kind in ('PARTNER', 'POOL', 'PREPAID', 'DEPOSIT') group by 1 order by 1`,
  );
  const agreed = accounts.map(({ party }) => ({ party, micros: said(lines, party, party === 'POOL' ? undefined : POSTED) }));
  expect(agreed).toEqual(accounts);
}

const earn = async (partner: string, points: number, more: Input = {}) => accrualOf(await nova.earn(partner, member, { points, ...more }));

async function burn(partner: string, currency: string, points: number): Promise<string> {
  const { id } = redemptionOf(await nova.hold(partner, member, currency, points));
  redemptionOf(await nova.capture(partner, id));
  return id;
}

test('earning, burning, refunds and reversals, at whatever prices, are in the lines what they are in the book', async () => {
  await compare();
  const { id } = await earn('AERO', 10_001);
  await earn('BOOKS', 20_003);
  await earn('CAFE', 5_007);
  await compare();
  await burn('DEPOT', 'APT', 1_003);
  const bpt = await burn('DEPOT', 'BPT', 2_007);
  await burn('DEPOT', 'CPT', 503);
  await burn('CAFE', 'CPT', 101);
  redemptionOf(await nova.refund('DEPOT', bpt, { points: 1_000 }));
  accrualOf(await nova.reverse('AERO', id, { points: 77 }));
  await earn('AERO', 999, { confirm: 'MANUAL' });
  await compare();
});

test('exchanges with fees, of points that are not paid for yet, and at once with a burn', async () => {
  const { exchange: convert, pay } = exchanging(nova);
  exchangeOf(await convert(member, 'APT', 'BPT', 1_007));
  exchangeOf(await convert(member, 'CPT', 'APT', 333));
  exchangeOf(await pay('DEPOT', member, { from: 'CPT', currency: 'APT', points: 501 }));
  await compare();
});

test('points of a joint promotion, in the currency of whoever gives them and in another', async () => {
  const before = (await draft(nova.app.db)).map(({ type, key }) => `${type} ${key}`);
  const { id } = await earn('AERO', 333, { promotion: 'SPRING', currency: 'APT' });
  await earn('AERO', 101, { promotion: 'SPRING', currency: 'CPT' });
  accrualOf(await nova.reverse('AERO', id, { points: 34 }));
  await compare();
  const lines = await draft(nova.app.db);
  expect(lines.map(({ type, key }) => `${type} ${key}`).filter((line) => !before.includes(line))).toEqual(['JOINT_PROMOTION SPRING']);
  // 299 x 12,000 and 101 x 23,500 micros.
  const parts = lines.find(({ type }) => type === 'JOINT_PROMOTION')?.shares;
  expect(['AERO', 'CAFE', 'OPERATOR', 'POOL'].map((party) => parts?.get(party)?.micros)).toEqual([
    -3_974_532n,
    -1_986_968n,
    299n * 2_000n + 101n * 3_500n,
    299n * 10_000n + 101n * 20_000n,
  ]);
});

test('prepaid blocks, partners that leave, deposits, points that are bought back or converted', async () => {
  await nova.join('PAID', { currency: 'PPT', issuance: { billing: 'PREPAID' } });
  await nova.operate('purchase-point-block', { partner: 'PAID', currency: 'PPT', points: 1_000 });
  const { id } = await earn('PAID', 300);
  accrualOf(await nova.reverse('PAID', id, { points: 100 }));
  await compare();
  const unpaid = { fundingModel: 'ON_REDEMPTION' };
  const leaving = [
    ['BUY', { outstandingPolicy: 'BUY_BACK', depositBps: 5_000 }],
    ['EXP', { outstandingPolicy: 'EXPIRE', expiryAllowed: true, depositBps: 5_000 }],
    ['CON', { outstandingPolicy: 'CONVERT', convertTo: 'CPT', depositBps: 8_500 }],
  ] as const;
  for (const [code, termination] of leaving) {
    await joinAndLeave(nova, code, { price: [9_999, 101], issuance: { ...unpaid, chargeOnExpiry: true }, termination });
    await earn(code, 337);
    await giveNotice(nova, code);
  }
  for (const at of ['2026-01-17T13:00:00+08:00', '2026-01-19T13:00:00+08:00', '2026-02-19T13:00:00+08:00']) {
    await nova.setClock(at);
    await nova.runJob('SETTLE_TERMINATIONS', at);
    await compare();
  }
});

test('what every party is told is what was compared, and each process says the same', async () => {
  const settlement = settlementOf(nova);
  const [first, second] = [await settlement.positions(), await settlement.positions()];
  expect(second).toEqual(first);
  expect(Object.keys(first)).toEqual(['AERO', 'BOOKS', 'BUY', 'CAFE', 'CON', 'DEPOT', 'EXP', 'PAID', 'OPERATOR', 'POOL']);
  for (const partner of ['AERO', 'BOOKS', 'CAFE', 'DEPOT', 'PAID', 'BUY']) {
    const sum = (await settlement.linesOf(partner)).reduce((total, { amount }) => total + Number(amount.minor), 0);
    expect(first[partner]).toBe(sum);
  }
});

test('positions that are read while partners earn and members burn leave nothing out and count nothing twice', async () => {
  const settlement = settlementOf(nova);
  const other = await nova.enrol();
  await Promise.all(
    Array.from({ length: 24 }, async (_, at) => {
      if (at % 3 === 0) await settlement.positions();
      else accrualOf(await nova.earn(at % 2 === 0 ? 'AERO' : 'BOOKS', at % 5 === 0 ? other : member, { points: 100 + at }));
      if (at % 4 === 0) await settlement.amountsOf('DEPOT');
    }),
  );
  const { coalition } = await coalitionNow(nova.app.db);
  const lines = await transact(nova.app.db, draft);
  const parties = [...coalition.partners.map(({ code }) => code), OPERATOR, POOL];
  expect(await settlement.positions()).toEqual(Object.fromEntries(parties.map((party) => [party, Number(netOf(lines, party))])));
});

test('a new cycle begins with nothing; a return of what was earned in the one before is a line of its own', async () => {
  const { id } = await earn('AERO', 1_000);
  await nova.join('SELLER', { clauses: [{ revenueShare: { basis: 'GROSS_SALE', bps: 100, payee: 'OPERATOR', cap: cny('5.00') } }] });
  const settlement = settlementOf(nova);
  await settlement.positions();
  await nova.operate('close-cycle', {});
  expect(new Set(Object.values(await settlement.positions()))).toEqual(new Set([0]));
  expect(await transact(nova.app.db, draft)).toEqual([]);
  accrualOf(await nova.reverse('AERO', id, { points: 500 }));
  expect(await settlement.amountsOf('AERO')).toEqual(['FUNDING 600']);
  await settlement.sell('SELLER', member, 100_000);
  expect(await settlement.amountsOf('SELLER')).toEqual(['REVENUE_SHARE -500']);
  expect(await draft(nova.app.db)).toEqual(await transact(nova.app.db, draft));
});
