import { accrualOf, cny, type Member, NOW, type Nova, refusal, startNova } from '../support/coalition.ts';

let nova: Nova;
let m1: Member;
beforeAll(async () => {
  nova = await startNova();
  m1 = await nova.enrol({ homePartner: 'AERO' });
});
afterAll(() => nova.stop());

const LADDER = {
  bands: [
    { uptoMinor: '10000', uptoInclusive: false, milliPointsPerUnit: 10_000 },
    { uptoMinor: '50000', milliPointsPerUnit: 12_000 },
    { milliPointsPerUnit: 15_000 },
  ],
};

/** Points that a new member gets for each amount, in this order, at a partner. */
async function pointsFor(partner: string, amounts: readonly string[], member?: Member): Promise<number[]> {
  const who = member ?? (await nova.enrol());
  const { results } = await nova.earnMany(
    partner,
    amounts.map((amount) => nova.accrueInput(who, { amount: cny(amount) })),
  );
  return results.map((result) => accrualOf(result).points);
}

test('[E01] one yuan is one point, and what is less than a point is nothing', async () => {
  await nova.join('FLAT', { currency: 'FLATPT', rules: [{ code: 'R1', flatMilliPointsPerUnit: 1_000 }] });
  expect(await pointsFor('FLAT', ['200.00', '199.99', '0.99', '1.00', '0.00', '1234567.89'])).toEqual([200, 199, 0, 1, 0, 1_234_567]);
});

test('[E02] one yuan is ten points, floored once an accrual', async () => {
  expect(await pointsFor('CAFE', ['12.59', '12.50', '0.09', '0.10', '0.01'])).toEqual([125, 125, 0, 1, 0]);
});

test('[E03] a ladder read at the whole amount: more in one purchase earns more a yuan', async () => {
  await nova.join('LADDER', { currency: 'LADDERPT', rules: [{ code: 'STEPS', ladder: LADDER }] });
  const amounts = ['99.99', '100.00', '500.00', '500.01', '501.00', '0.00', '100.01', '0.01'];
  expect(await pointsFor('LADDER', amounts)).toEqual([999, 1200, 6000, 7500, 7515, 0, 1200, 0]);
});

test('[E03] the same ladder in marginal mode gives each band its own slice', async () => {
  await nova.join('MARGINAL', { currency: 'MARGINALPT', rules: [{ code: 'SLICES', ladder: { ...LADDER, mode: 'MARGINAL' } }] });
  // 99.99 -> 999.9; 100 -> 1000; 500 -> 1000 + 4800; 500.01 -> + 0.15; 501 -> + 15
  expect(await pointsFor('MARGINAL', ['99.99', '100.00', '100.01', '500.00', '500.01', '501.00'])).toEqual([
    999, 1000, 1000, 5800, 5800, 5815,
  ]);
});

test('[E04] a single spend of 200 yuan or more earns 50 points on top, in a line of its own', async () => {
  const bonus = { code: 'BIG', bonusPoints: 50, conditions: { minAmountMinor: '20000' } };
  await nova.join('BONUS', { currency: 'BONUSPT', rules: [{ code: 'R1', flatMilliPointsPerUnit: 1_000 }, bonus] });
  const enough = accrualOf(await nova.earn('BONUS', m1, { amount: cny('200.00') }));
  expect(enough.points).toBe(250);
  expect(enough.breakdown).toMatchObject([
    { rule: 'R1', ruleVersion: 1, points: 200, reason: null, cappedAmount: null },
    { rule: 'BIG', ruleVersion: 1, points: 50 },
  ]);
  const tooLittle = accrualOf(await nova.earn('BONUS', m1, { amount: cny('199.99') }));
  expect(tooLittle.points).toBe(199);
  expect(tooLittle.breakdown).toHaveLength(1);
});

test('[E14] a tier multiplies the points before they are floored', async () => {
  const gold = await nova.enrol();
  await nova.operate('assign-tier', { memberId: gold.id, tier: 'GOLD' });
  await nova.join('TIERED', {
    currency: 'TIEREDPT',
    rules: [
      { code: 'R10', flatMilliPointsPerUnit: 10_000 },
      { code: 'GOLD', multiplierBps: 15_000, conditions: { tier: 'GOLD' } },
    ],
  });
  // 100.1 x 1.5 = 150.15, not floor(100.1) x 1.5; 0.7 x 1.5 = 1.05
  expect(await pointsFor('TIERED', ['10.01', '0.07', '10.00'], gold)).toEqual([150, 1, 150]);
  expect(await pointsFor('TIERED', ['10.01', '0.07', '10.00'])).toEqual([100, 0, 100]);
});

test('[E16] a category earns double for some days: the receipt is split by its items', async () => {
  await nova.join('FLORIST', { currency: 'FLOWERPT', rules: [{ code: 'R10', flatMilliPointsPerUnit: 10_000 }] });
  // 10 to 14 February, both days whole, in the time of the program
  const valentine = { code: 'FLOWERS', multiplierBps: 20_000, conditions: { category: 'FLOWERS' } };
  await nova.publish('FLORIST', { ...valentine, effectiveFrom: '2026-01-10T00:00:00+08:00', effectiveUntil: '2026-01-15T00:00:00+08:00' });
  const items = [
    { sku: 'ROSE', category: 'FLOWERS', amount: cny('50.00') },
    { sku: 'VASE', category: 'HOME', amount: cny('50.00') },
  ];
  const on = async (occurredAt: string, what: object = { items, amount: cny('100.00') }) =>
    accrualOf(await nova.earn('FLORIST', m1, { occurredAt, ...what }));
  const last = await on('2026-01-14T23:59:59.999+08:00');
  expect(last).toMatchObject({
    points: 1500,
    breakdown: [
      { rule: 'R10', points: 1000 },
      { rule: 'FLOWERS', points: 500 },
    ],
  });
  expect((await on('2026-01-10T00:00:00+08:00')).points).toBe(1500);
  expect((await on('2026-01-15T00:00:00+08:00')).points).toBe(1000);
  expect((await on('2026-01-09T23:59:59+08:00')).points).toBe(1000);
  // Without a total the items are the amount; what no item accounts for is in no category.
  expect((await on('2026-01-12T12:00:00+08:00', { items })).points).toBe(1500);
  expect((await on('2026-01-12T12:00:00+08:00', { items: items.slice(0, 1), amount: cny('100.00') })).points).toBe(1500);
  expect((await on('2026-01-12T12:00:00+08:00', { amount: cny('100.00') })).points).toBe(1000);
});

test('[E25] spending over 5,000 yuan a day earns nothing more', async () => {
  const cap = { code: 'R10', flatMilliPointsPerUnit: 10_000, dailySpendCap: cny('5000.00') };
  await nova.join('CAPPED', { currency: 'CAPPEDPT', rules: [cap] });
  const member = await nova.enrol();
  const buy = async (yuan: string, occurredAt = '2026-01-10T12:00:00+08:00') =>
    accrualOf(await nova.earn('CAPPED', member, { amount: cny(yuan), occurredAt }));
  expect(await buy('4000.00')).toMatchObject({ points: 40_000, breakdown: [{ reason: null, cappedAmount: null }] });
  expect(await buy('2000.00')).toMatchObject({
    points: 10_000,
    breakdown: [{ points: 10_000, reason: 'DAILY_SPEND_CAP', cappedAmount: cny('1000.00') }],
  });
  expect(await buy('100.00')).toMatchObject({
    points: 0,
    status: 'CONFIRMED',
    breakdown: [{ points: 0, reason: 'DAILY_SPEND_CAP', cappedAmount: cny('100.00') }],
  });
  // The day is the program's: 16:00 UTC begins the next one.
  expect((await buy('10.00', '2026-01-10T15:59:59.999Z')).points).toBe(0);
  expect((await buy('10.00', '2026-01-10T16:00:00Z')).points).toBe(100);
  expect(await pointsFor('CAPPED', ['6000.00', '1.00'])).toEqual([50_000, 0]);
});

test('[E25] in one batch the cap holds as in one request after the other, and what is cancelled is given back', async () => {
  const member = await nova.enrol();
  expect(await pointsFor('CAPPED', ['4000.00', '2000.00', '100.00'], member)).toEqual([40_000, 10_000, 0]);
  const day = { occurredAt: '2026-01-11T12:00:00+08:00' };
  const pending = accrualOf(await nova.earn('CAPPED', member, { ...day, amount: cny('4500.00'), confirm: 'MANUAL' }));
  expect(accrualOf(await nova.earn('CAPPED', member, { ...day, amount: cny('1000.00') })).points).toBe(5_000);
  await nova.cancel('CAPPED', pending.id);
  // 500 of 5,000 used: 4,500 are left.
  expect(accrualOf(await nova.earn('CAPPED', member, { ...day, amount: cny('5000.00') })).points).toBe(45_000);
});

test('[E25] twenty purchases at the same moment do not slip through under the cap', async () => {
  const member = await nova.enrol();
  const all = await Promise.all(Array.from({ length: 20 }, () => nova.earn('CAPPED', member, { amount: cny('400.00') })));
  expect(all.map((one) => accrualOf(one).points).reduce((sum, points) => sum + points, 0)).toBe(50_000);
});

test('[E25] the cap of a rule about one category counts that category only, also when a purchase is cancelled', async () => {
  const rules = [{ code: 'FLOWERS', flatMilliPointsPerUnit: 10_000, conditions: { category: 'FLOWERS' }, dailySpendCap: cny('100.00') }];
  await nova.join('BOUQUET', { currency: 'BOUQUETPT', rules });
  const member = await nova.enrol();
  const items = [
    { sku: 'ROSE', category: 'FLOWERS', amount: cny('60.00') },
    { sku: 'VASE', category: 'HOME', amount: cny('500.00') },
  ];
  const first = accrualOf(await nova.earn('BOUQUET', member, { items, confirm: 'MANUAL' }));
  expect(first.points).toBe(600);
  const second = accrualOf(await nova.earn('BOUQUET', member, { items }));
  expect(second).toMatchObject({ points: 400, breakdown: [{ cappedAmount: cny('20.00') }] });
  await nova.cancel('BOUQUET', first.id);
  // 40 of 100 used.
  expect(accrualOf(await nova.earn('BOUQUET', member, { items })).points).toBe(600);
  expect(accrualOf(await nova.earn('BOUQUET', member, { items })).points).toBe(0);
});

test('what a cancelled purchase used of a cap is given back to its own rule, not to one of the program with the same code', async () => {
  await nova.join('TWINS', { currency: 'TWINPT', rules: [{ code: 'R1', flatMilliPointsPerUnit: 1_000 }] });
  await nova.publish('TWINS', { partner: null, code: 'PROMO', bonusPoints: 50, frequencyCapPerDay: 1 });
  await nova.publish('TWINS', { code: 'PROMO', bonusPoints: 5, frequencyCapPerDay: 2 });
  const member = await nova.enrol();
  const buy = async (confirm = 'AUTO') => accrualOf(await nova.earn('TWINS', member, { amount: cny('100.00'), confirm }));
  expect((await buy()).points).toBe(155);
  const second = await buy('MANUAL');
  expect(second.points).toBe(105);
  await nova.cancel('TWINS', second.id);
  // It is cancelled now, whenever the purchase was made.
  const [posting] = await nova.app.db.rows<{ at: Date }>(
    "select max(occurred_at) as at from ledger.postings where code = 'accrual.cancelled'",
  );
  expect(posting?.at.getTime()).toBeGreaterThanOrEqual(Date.parse(NOW));
  // The program's bonus was for the first purchase and stays used; of the partner's two one is left.
  expect([(await buy()).points, (await buy()).points]).toEqual([105, 100]);
});

test('a rule that gives by rate and by bonus is given back once', async () => {
  const both = { code: 'BOTH', flatMilliPointsPerUnit: 1_000, bonusPoints: 5, dailySpendCap: cny('100.00'), frequencyCapPerDay: 2 };
  await nova.join('BOTH', { currency: 'BOTHPT', rules: [both] });
  const member = await nova.enrol();
  const buy = async (confirm = 'AUTO') => accrualOf(await nova.earn('BOTH', member, { amount: cny('60.00'), confirm }));
  expect((await buy()).points).toBe(65);
  const second = await buy('MANUAL');
  expect(second.points).toBe(45);
  await nova.cancel('BOTH', second.id);
  expect((await buy()).points).toBe(45);
});

test('[E28] a quote says points, rules and versions, to anybody, and writes nothing', async () => {
  const before = await nova.countRows();
  const { data } = await nova.answer(undefined, 'quote-accrual', { input: { partner: 'LADDER', amount: cny('501.00') } });
  expect(data.quoteAccrual).toMatchObject({ points: 7515, breakdown: [{ rule: 'STEPS', ruleVersion: 1, points: 7515 }], userErrors: [] });
  await nova.publish('LADDER', { code: 'STEPS', flatMilliPointsPerUnit: 1_000, effectiveFrom: '2026-01-12T00:00:00+08:00' });
  const now = await nova.answer(undefined, 'quote-accrual', { input: { partner: 'LADDER', amount: cny('501.00') } });
  expect(now.data.quoteAccrual).toMatchObject({ points: 501, breakdown: [{ rule: 'STEPS', ruleVersion: 2 }] });
  const then = await nova.answer(await nova.token('LADDER'), 'quote-accrual', {
    input: { amount: cny('501.00'), occurredAt: '2026-01-11T12:00:00+08:00' },
  });
  expect(then.data.quoteAccrual).toMatchObject({ points: 7515 });
  const rows = await nova.countRows();
  expect({ ...rows, keys: 0 }).toEqual({ ...before, keys: 0 });
});

test('the purchase earns by the rule in force when it happened, not when it is reported', async () => {
  await nova.join('TIMELY', { currency: 'TIMELYPT', rules: [{ code: 'R', flatMilliPointsPerUnit: 1_000 }] });
  await nova.publish('TIMELY', { code: 'R', flatMilliPointsPerUnit: 2_000, effectiveFrom: '2026-01-10T00:00:00+08:00' });
  const buy = async (occurredAt: string) => accrualOf(await nova.earn('TIMELY', m1, { amount: cny('10.00'), occurredAt }));
  expect(await buy('2026-01-09T23:59:59.999+08:00')).toMatchObject({ points: 10, breakdown: [{ ruleVersion: 1 }] });
  expect(await buy('2026-01-10T00:00:00+08:00')).toMatchObject({ points: 20, breakdown: [{ ruleVersion: 2 }] });
});

test('conditions are channels, sites, amounts, days of the week and hours, in the time of the program', async () => {
  const conditions = {
    channels: ['POS', 'APP'],
    location: 'S1',
    weekdays: [6, 7],
    fromHour: 18,
    untilHour: 22,
    minAmountMinor: 1_000,
    maxAmount: cny('20.00'),
  };
  await nova.join('HAPPY', { currency: 'HAPPYPT', rules: [{ code: 'HAPPY', flatMilliPointsPerUnit: 1_000, conditions }] });
  // 10 January 2026 is a Saturday
  const fitting = { occurredAt: '2026-01-10T18:00:00+08:00', channel: 'POS', locationId: 'S1', amount: cny('10.00') };
  const points = async (what: object) => accrualOf(await nova.earn('HAPPY', m1, { ...fitting, ...what })).points;
  expect(await points({})).toBe(10);
  expect(await points({ occurredAt: '2026-01-10T13:59:59.999Z', channel: 'APP', amount: cny('20.00') })).toBe(20);
  for (const other of [
    { occurredAt: '2026-01-10T14:00:00Z' },
    { occurredAt: '2026-01-10T17:59:59+08:00' },
    { occurredAt: '2026-01-09T18:00:00+08:00' },
    { channel: 'WEB' },
    { locationId: 'S2' },
    { locationId: null },
    { amount: cny('9.99') },
    { amount: cny('20.01') },
  ])
    expect([other, await points(other)]).toEqual([other, 0]);
});

test('a rule that applies twice a day applies twice a day', async () => {
  const often = { code: 'VISIT', bonusPoints: 5, frequencyCapPerDay: 2 };
  await nova.join('OFTEN', { currency: 'OFTENPT', rules: [{ code: 'R1', flatMilliPointsPerUnit: 1_000 }, often] });
  expect(await pointsFor('OFTEN', ['1.00', '1.00', '1.00'])).toEqual([6, 6, 1]);
  const member = await nova.enrol();
  const all = await Promise.all(Array.from({ length: 8 }, () => nova.earn('OFTEN', member, { amount: cny('1.00') })));
  expect(all.map((one) => accrualOf(one).points).sort()).toEqual([1, 1, 1, 1, 1, 1, 6, 6]);
  const capped = all.map(accrualOf).find(({ points }) => points === 1);
  expect(capped?.breakdown).toMatchObject([
    { rule: 'VISIT', points: 0, reason: 'FREQUENCY_CAP' },
    { rule: 'R1', points: 1 },
  ]);
});

test('a quote for what cannot be is refused with a value', async () => {
  const quote = async (input: object) => {
    const { data } = await nova.answer(undefined, 'quote-accrual', { input });
    return data?.quoteAccrual.userErrors;
  };
  expect(await quote({ partner: 'NOBODY', amount: cny('1.00') })).toMatchObject([{ code: 'VALIDATION', field: ['input', 'partner'] }]);
  expect(await quote({ partner: 'CAFE', amount: { minor: '-1', currency: 'CNY' } })).toMatchObject([
    { code: 'VALIDATION', field: ['input', 'amount', 'minor'] },
  ]);
  expect(await quote({ partner: 'CAFE', amount: { minor: '100', currency: 'USD' } })).toMatchObject([
    { code: 'VALIDATION', field: ['input', 'amount', 'currency'] },
  ]);
});

test('what a rule makes of a huge purchase is refused when the ledger could not hold it', async () => {
  await nova.join('LAVISH', { currency: 'LAVISHPT', rules: [{ code: 'R', flatMilliPointsPerUnit: 1_000_000_000 }] });
  const before = await nova.countRows();
  const payload = await nova.earn('LAVISH', m1, { amount: { minor: '1000000000000', currency: 'CNY' } });
  expect(refusal(payload)).toBe('VALIDATION');
  expect(await nova.countRows()).toEqual(before);
});

test('after all of it the ledger is intact and the pools cover their points', async () => {
  expect(await nova.faults()).toEqual([]);
});
