import type { Accrual } from '../../src/exchange/accrual/accrual.ts';
import { moveOfAccrual, positionsAfter } from '../../src/exchange/accrual/position-after.rules.ts';
import { promotionId } from '../../src/partners/contracts/clauses/joint-promotion/joint-promotion.rules.ts';

const accrual = (partnerId: string, points: bigint, charge: Accrual['charge'], promotion?: string) =>
  ({ partnerId, points, charge, promotion, fundedMicros: 8n, serviceMicros: 2n, occurredAt: new Date(1_000) }) as Accrual;

test('each accrual is answered with what its partner owed right after it, also when another one earned for both in between', () => {
  const spring = promotionId('SPRING');
  const owed = { promotionId: spring, owedMicros: 10_000n };
  const now = new Map([
    ['P', { ownMicros: -700n, promotions: [{ ...owed, weightBps: 7_000n }] }],
    ['Q', { ownMicros: -500n, promotions: [{ ...owed, weightBps: 3_000n }] }],
  ]);
  const accruals = [
    accrual('Q', 50n, 'PARTNER'),
    accrual('P', 1_000n, 'JOINT', 'SPRING'),
    accrual('P', 30n, 'PREPAID'),
    accrual('P', 70n, 'PARTNER'),
  ];
  expect(positionsAfter(accruals.map(moveOfAccrual), now)).toEqual([-500n, -7_000n, -7_000n, -7_700n]);
});
