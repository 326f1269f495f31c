import { accrualOf, cny, type Member, type Nova, redemptionOf, refusal, startNova } from '../support/coalition.ts';

let nova: Nova;
beforeAll(async () => {
  nova = await startNova();
});
afterAll(() => nova.stop());

const CPT = [20_000, 3_500] as const;
const net = async (partner: string) => Number((await nova.positionOf(partner)).netPosition.minor);
const burn = async (partner: string, member: Member, currency: string, points: number) => {
  const { id } = redemptionOf(await nova.hold(partner, member, currency, points));
  redemptionOf(await nova.capture(partner, id));
  return id;
};
const pool = async (currency: string) => {
  const { poolCoverage } = await nova.run<{
    poolCoverage: { currency: { code: string }; outstanding: number; poolMicros: string; coverageBps: number }[];
  }>(nova.operator, 'pool-coverage');
  return poolCoverage.find((one) => one.currency.code === currency);
};

test('funded on redemption, a partner pays the service element at once and the redemption element when its points are burned', async () => {
  await nova.join('LATER', { currency: 'LATERPT', price: CPT, issuance: { fundingModel: 'ON_REDEMPTION' } });
  await nova.join('TAKER', { acceptance: { currencies: ['LATERPT'] } });
  const member = await nova.enrol();
  // given 1,000 points: 3.50 for the service
  const { id } = accrualOf(await nova.earn('LATER', member, { points: 1000 }));
  expect(await net('LATER')).toBe(-350);
  expect(await pool('LATERPT')).toMatchObject({ outstanding: 1000, poolMicros: '0', coverageBps: 0 });
  // when 400 are burned, then it pays 8.00 and TAKER gets them
  const redemption = await burn('TAKER', member, 'LATERPT', 400);
  expect([await net('LATER'), await net('TAKER')]).toEqual([-1150, 800]);
  // when 100 of them are refunded, then both are undone in part
  await nova.refund('TAKER', redemption, { points: 100 });
  expect([await net('LATER'), await net('TAKER')]).toEqual([-950, 600]);
  // when 200 are reversed, then the service comes back
  await nova.reverse('LATER', id, { points: 200 });
  expect(await net('LATER')).toBe(-880);
  expect(await pool('LATERPT')).toMatchObject({ outstanding: 500, poolMicros: '0' });
});

test('funded in part at issuance, the pool holds that part and the partner pays the rest when points are burned', async () => {
  await nova.join('MIXED', {
    currency: 'MIXEDPT',
    price: [20_001, 3_500],
    issuance: { fundingModel: 'HYBRID', issueShareBps: 5_000 },
    acceptance: { currencies: ['MIXEDPT'] },
  });
  const member = await nova.enrol();
  await nova.earn('MIXED', member, { points: 1000 });
  // floor(20,001 / 2) = 10,000 and 3,500 a point
  expect(await net('MIXED')).toBe(-1350);
  expect(await pool('MIXEDPT')).toMatchObject({ poolMicros: '10000000', coverageBps: 4999 });
  await burn('MIXED', member, 'MIXEDPT', 1000);
  // funding 13.50 + 10.001, reimbursement 20.001
  expect(await net('MIXED')).toBe(-2350 + 2000);
  expect(await pool('MIXEDPT')).toMatchObject({ outstanding: 0, poolMicros: '0', coverageBps: 10_000 });
});

test('when the price of a point has changed, a burn is paid at the price of its day and the issuer tops up what it had not paid', async () => {
  await nova.join('DEARER', { currency: 'DEARERPT', price: CPT });
  await nova.join('PAYEE', { acceptance: { currencies: ['DEARERPT'] } });
  await nova.amend('DEARER', '2026-01-12T00:00:00+08:00', { currency: 'DEARERPT', price: [25_000, 3_500] });
  const member = await nova.enrol();
  // given 100 points at 23,500 and 100 at 28,500 micros
  const cheap = accrualOf(await nova.earn('DEARER', member, { points: 100, occurredAt: '2026-01-10T10:00:00+08:00' }));
  await nova.earn('DEARER', member, { points: 100, occurredAt: '2026-01-13T10:00:00+08:00' });
  expect(await net('DEARER')).toBe(-235 - 285);
  // when the cheap ones are burned today, then 25,000 a point are paid and 5,000 of them by the issuer now
  await burn('PAYEE', member, 'DEARERPT', 100);
  expect([await net('DEARER'), await net('PAYEE')]).toEqual([-235 - 285 - 50, 250]);
  // when the cheap ones are returned, then points of the dear lot are taken, and with them goes what had been paid for them
  await nova.reverse('DEARER', cheap.id);
  expect(await net('DEARER')).toBe(-235 - 285 - 50 + 285);
  expect(await pool('DEARERPT')).toMatchObject({ outstanding: 0, poolMicros: '0' });
});

test('points of a currency of the whole coalition keep who issued them, each at its own price', async () => {
  await nova.operate('create-point-currency', { code: 'STAR', name: 'Stars', expiry: { never: true } });
  for (const [code, price] of [
    ['NORTH', [10_000, 2_000]],
    ['SOUTH', [10_000, 1_000]],
  ] as const)
    await nova.join(`${code}`, {
      clauses: [
        { scope: { roles: ['ISSUER', 'ACCEPTOR'] } },
        { issuance: { currency: 'STAR', redemptionElementMicros: price[0], serviceElementMicros: price[1] } },
        { acceptance: { currencies: ['STAR'], ...(code === 'SOUTH' ? { allowSelfRedemption: false } : {}) } },
      ],
    });
  const member = await nova.enrol();
  await nova.earn('NORTH', member, { points: 100, occurredAt: '2026-01-11T10:00:00+08:00' });
  await nova.earn('SOUTH', member, { points: 100, occurredAt: '2026-01-10T10:00:00+08:00' });
  expect([await net('NORTH'), await net('SOUTH')]).toEqual([-120, -110]);
  // Without an end the oldest go first, whoever issued them.
  const held = redemptionOf(await nova.hold('NORTH', member, 'STAR', 150));
  expect(held.allocations.map(({ issuer, points }) => [issuer.code, points])).toEqual([
    ['SOUTH', 100],
    ['NORTH', 50],
  ]);
  await nova.capture('NORTH', held.id);
  expect([await net('NORTH'), await net('SOUTH')]).toEqual([-120 + 150, -110]);
  // SOUTH takes points of others only.
  expect(refusal(await nova.hold('SOUTH', member, 'STAR', 51))).toBe('INSUFFICIENT_POINTS');
  expect(refusal(await nova.hold('SOUTH', member, 'STAR', 50))).toBeUndefined();
});

test('exposure is what is owed after what is to be received', async () => {
  await nova.join('BOTH', { currency: 'BOTHPT', issuance: { creditLimit: cny('12.00') }, acceptance: { currencies: ['BOTHPT'] } });
  const member = await nova.enrol();
  await nova.earn('BOTH', member, { points: 1000 });
  expect(refusal(await nova.earn('BOTH', member, { points: 1 }))).toBe('CREDIT_LIMIT');
  // given a hold, which counts only when it is captured
  const { id } = redemptionOf(await nova.hold('BOTH', member, 'BOTHPT', 600));
  expect(refusal(await nova.earn('BOTH', member, { points: 1 }))).toBe('CREDIT_LIMIT');
  await nova.capture('BOTH', id);
  // then 6.00 of 12.00 are free again: 500 points
  expect((await nova.positionOf('BOTH')).exposure).toEqual({ used: cny('6.00'), limit: cny('12.00'), utilisationBps: 5_000 });
  expect(refusal(await nova.earn('BOTH', member, { points: 501 }))).toBe('CREDIT_LIMIT');
  expect(refusal(await nova.earn('BOTH', member, { points: 500 }))).toBeUndefined();
});

test('after all of it the ledger is intact', async () => {
  expect((await nova.faults()).filter((fault) => !/^(LATERPT|MIXEDPT|DEARERPT) is covered/.test(fault))).toEqual([]);
});
