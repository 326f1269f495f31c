import fc from 'fast-check';
import type { ClauseOf } from '../../../src/partners/contracts/clause.ts';
import {
  fundersOf,
  promotionId,
  sayTheSame,
  shareMicros,
} from '../../../src/partners/contracts/clauses/joint-promotion/joint-promotion.rules.ts';

const terms = (more: Partial<ClauseOf<'jointPromotion'>> = {}): ClauseOf<'jointPromotion'> => ({
  kind: 'jointPromotion',
  promotion: 'SPRING',
  contributions: [
    { partner: 'AERO', weight: 7_000n },
    { partner: 'CAFE', weight: 3_000n },
  ],
  budgetPoints: 100n,
  from: new Date('2026-01-01T00:00:00Z'),
  until: new Date('2026-02-01T00:00:00Z'),
  ...more,
});

test('two contracts say the same whatever the order of the funders, also where one names a partner that pays nothing', () => {
  const contributions = terms().contributions.toReversed();
  expect(sayTheSame(terms(), terms({ contributions }))).toBe(true);
  expect(sayTheSame(terms(), terms({ contributions: [...contributions, { partner: 'BOOKS', weight: 0n }] }))).toBe(true);
});

test('another share, budget or date is another promise', () => {
  const others: Partial<ClauseOf<'jointPromotion'>>[] = [
    {
      contributions: [
        { partner: 'AERO', weight: 3_000n },
        { partner: 'CAFE', weight: 7_000n },
      ],
    },
    { budgetPoints: 101n },
    { budgetPoints: undefined },
    { from: new Date('2026-01-01T00:00:00.001Z') },
    { until: new Date('2026-02-01T00:00:00.001Z') },
  ];
  for (const other of others) expect(sayTheSame(terms(), terms(other))).toBe(false);
});

test('who weighs nothing is no funder', () => {
  expect(
    fundersOf({
      contributions: [
        { partner: 'AERO', weight: 10_000n },
        { partner: 'BOOKS', weight: 0n },
      ],
    }),
  ).toEqual(['AERO']);
});

test('the id of a promotion follows from its code alone', () => {
  expect(promotionId('SPRING')).toBe(promotionId('SPRING'));
  expect(promotionId('SPRING')).not.toBe(promotionId('AUTUMN'));
  expect(promotionId('SPRING')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-/);
});

test('shares are never less than the whole together, nor a micro each more', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 17n }), fc.bigInt({ min: 0n, max: 10_000n }), (owed, weight) => {
      const sum = shareMicros(owed, weight) + shareMicros(owed, 10_000n - weight);
      expect(sum).toBeGreaterThanOrEqual(owed);
      expect(sum).toBeLessThanOrEqual(owed + 1n);
    }),
  );
  // Who got more back than it had paid owes nothing for it.
  expect(shareMicros(-5n, 5_000n)).toBe(0n);
});
