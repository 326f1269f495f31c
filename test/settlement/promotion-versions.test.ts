import { accrualOf, type Input, type Member, type Nova, refusal, startNova } from '../support/coalition.ts';
import { aeroWith, amountsIn, cafeWith, change, FOURTH, SECOND, spring, THIRD } from './contract-changes.ts';
import { type Settlement, settlementOf } from './settlement-api.ts';

let nova: Nova;
let settlement: Settlement;
let member: Member;

async function start(vary: Parameters<typeof startNova>[0]): Promise<void> {
  nova = await startNova(vary);
  settlement = settlementOf(nova);
  member = await nova.enrol();
}
afterEach(async () => {
  const faults = await nova.faults();
  await nova.stop();
  expect(faults).toEqual([]);
});

const exposures = (...partners: string[]) =>
  Promise.all(partners.map(async (partner) => Number((await nova.positionOf(partner)).exposure.used.minor)));

test('points of a promotion are paid for as its funders agreed when they were given, whatever they say later, and say nothing at all', async () => {
  await start({ AERO: aeroWith(spring(6_667, 3_333)), CAFE: cafeWith(spring(6_667, 3_333)) });
  const give = (points: number, more: Input = {}) => nova.earn('AERO', member, { points, promotion: 'SPRING', ...more });
  const first = accrualOf(await give(33_333));
  await change(nova, SECOND, { AERO: aeroWith(spring(2_500, 7_500)), CAFE: cafeWith(spring(2_500, 7_500)) });
  accrualOf(await give(10_007, { occurredAt: '2026-01-15T12:35:00+08:00' }));
  // 39,999.6 and 12,008.4 fen: 40,000 at 6,667 bps, 12,008 at 2,500.
  expect(await amountsIn(nova, 'JOINT_PROMOTION', 'AERO', 'CAFE')).toEqual([-26_668 - 3_002, -13_332 - 9_006]);
  expect(await exposures('AERO', 'CAFE')).toEqual([29_670, 22_338]);
  // What is taken back, and what is reported late, has the terms of its purchase.
  accrualOf(await nova.reverse('AERO', first.id, { points: 100 }));
  expect(await amountsIn(nova, 'JOINT_PROMOTION', 'AERO', 'CAFE')).toEqual([-26_588 - 3_002, -13_292 - 9_006]);
  expect(accrualOf(await give(100))).toMatchObject({ occurredAt: '2026-01-10T02:00:00.000Z' });
  const agreed = await amountsIn(nova, 'JOINT_PROMOTION', 'AERO', 'CAFE');
  expect(agreed).toEqual([-29_670, -22_338]);
  // 330.17 fen are left of the limit: 1,100 points now, 412 of the time before.
  expect(refusal(await give(413))).toBe('CREDIT_LIMIT');
  expect(refusal(await give(1_101, { occurredAt: '2026-01-15T12:35:00+08:00' }))).toBe('CREDIT_LIMIT');

  await change(nova, THIRD, { AERO: aeroWith(spring(1, 9_999)) });
  expect(await amountsIn(nova, 'JOINT_PROMOTION', 'AERO', 'CAFE')).toEqual(agreed);
  expect(await exposures('AERO', 'CAFE')).toEqual([29_670, 22_338]);
  expect(refusal(await nova.earn('AERO', member, { points: 276 }))).toBe('CREDIT_LIMIT');
  expect(refusal(await give(1, { occurredAt: '2026-01-15T13:35:00+08:00' }))).toBe('CLAUSE_NOT_GRANTED');

  await change(nova, FOURTH, { AERO: aeroWith(), CAFE: cafeWith() });
  expect(await amountsIn(nova, 'JOINT_PROMOTION', 'AERO', 'CAFE')).toEqual(agreed);
  expect(await exposures('AERO', 'CAFE')).toEqual([29_670, 22_338]);
  expect(refusal(await nova.earn('AERO', member, { points: 276 }))).toBe('CREDIT_LIMIT');
  expect(await nova.earn('AERO', member, { points: 275 })).toMatchObject({ userErrors: [], exposure: { used: { minor: '30000' } } });
  const { OPERATOR, POOL } = await settlement.positions();
  // 43,340 and 275 points at 0.2 and 1 fen: the funders' rounding stays with nobody.
  expect([OPERATOR, POOL]).toEqual([8_723, 43_615]);
});

test('a promotion that is taken out of a contract from its first instant on is paid for as it was agreed', async () => {
  await start({ AERO: aeroWith(spring(7_000, 3_000)), CAFE: cafeWith(spring(7_000, 3_000)) });
  accrualOf(await nova.earn('AERO', member, { points: 30_000, promotion: 'SPRING' }));
  await nova.amend('AERO', '2026-01-01T00:00:00+08:00', aeroWith(spring(1, 9_999)));
  expect(await amountsIn(nova, 'JOINT_PROMOTION', 'AERO', 'CAFE')).toEqual([-25_200, -10_800]);
  await nova.amend('CAFE', '2026-01-01T00:00:00+08:00', cafeWith());
  expect(await amountsIn(nova, 'JOINT_PROMOTION', 'AERO', 'CAFE')).toEqual([-25_200, -10_800]);
});

test('two groups of partners do not share a code: what one agreed on is not charged to the other', async () => {
  await start({ AERO: aeroWith(spring(7_000, 3_000)), CAFE: cafeWith(spring(7_000, 3_000)) });
  const alone = { jointPromotion: { ...(spring(1, 1).jointPromotion as Input), contributions: [{ partner: 'BOOKS', weight: '10000' }] } };
  await change(nova, SECOND, { BOOKS: { currency: 'BPT', price: [5_000, 1_000], clauses: [alone] } });
  const what = { points: 100, promotion: 'SPRING', occurredAt: '2026-01-15T12:35:00+08:00' };
  expect(refusal(await nova.earn('BOOKS', member, what))).toBe('CLAUSE_NOT_GRANTED');
  expect(refusal(await nova.earn('AERO', member, what))).toBeUndefined();
});
