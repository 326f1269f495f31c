import fc from 'fast-check';
import { pointsToReverse } from '../../src/exchange/accrual/accrual.rules.ts';
import { earn, type Purchase } from '../../src/exchange/accrual/earn.rules.ts';
import type { EarnRule } from '../../src/partners/earn-rules/earn-rule.ts';

const PROGRAM = { timeZone: 'Asia/Shanghai', minorPerUnit: 100n };
const NOTHING_USED = () => ({ spendMinor: 0n, times: 0 });

const rate = fc.integer({ min: 0, max: 50_000 });
const ladder = fc
  .tuple(
    fc.constantFrom('WHOLE_AMOUNT' as const, 'MARGINAL' as const),
    fc.uniqueArray(fc.bigInt(1n, 100_000n), { maxLength: 4 }),
    fc.array(rate, { minLength: 5, maxLength: 5 }),
  )
  .map(([mode, ends, rates]) => ({
    mode,
    bands: [...ends.toSorted((a, b) => Number(a - b)), undefined].map((uptoMinor, at) => ({
      uptoMinor,
      uptoInclusive: at % 2 === 0,
      milliPointsPerUnit: rates[at] ?? 0,
    })),
  }));
const formula = fc.oneof(
  rate.map((flatMilliPointsPerUnit) => ({ flatMilliPointsPerUnit })),
  ladder.map((steps) => ({ ladder: steps })),
  fc.integer({ min: 0, max: 40_000 }).map((multiplierBps) => ({ multiplierBps })),
  fc.bigInt(0n, 500n).map((bonusPoints) => ({ bonusPoints })),
);
const rule = fc.record({ formula, category: fc.option(fc.constantFrom('A', 'B')), cap: fc.option(fc.bigInt(0n, 100_000n)) }).map(
  ({ formula: given, category, cap }): Omit<EarnRule, 'code' | 'id'> => ({
    version: 1,
    partnerId: 'p',
    currencyNo: 1,
    effectiveFrom: new Date(0),
    effectiveUntil: undefined,
    flatMilliPointsPerUnit: undefined,
    ladder: undefined,
    multiplierBps: undefined,
    bonusPoints: undefined,
    conditions: category === null ? {} : { categories: [category] },
    dailySpendCapMinor: cap ?? undefined,
    frequencyCapPerDay: undefined,
    pendingDays: undefined,
    ...given,
  }),
);
const rules = fc.array(rule, { maxLength: 6 }).map((all) => all.map((one, at): EarnRule => ({ ...one, id: `${at}`, code: `R${at}` })));
const items = fc.array(
  fc.record({ sku: fc.constant('S'), category: fc.constantFrom('A', 'B', undefined), amountMinor: fc.bigInt(0n, 100_000n) }),
  { maxLength: 4 },
);
const purchase = fc.record({ items, extra: fc.bigInt(0n, 100_000n) }).map(
  ({ items: bought, extra }): Purchase => ({
    partnerId: 'p',
    currencyNo: 1,
    occurredAt: new Date('2026-01-10T02:00:00Z'),
    amountMinor: bought.reduce((sum, { amountMinor }) => sum + amountMinor, extra),
    items: bought,
    channel: 'POS',
    locationId: undefined,
    tier: undefined,
  }),
);

test('whatever the rules and the purchase, the lines of a breakdown add up to the points, and no purchase counts more than it cost', () => {
  fc.assert(
    fc.property(rules, purchase, (all, bought) => {
      const { points, contributions, usage } = earn(all, bought, NOTHING_USED, PROGRAM);
      expect(contributions.reduce((sum, line) => sum + line.points, 0n)).toBe(points);
      expect(points >= 0n).toBe(true);
      for (const { spendMinor } of usage.values()) expect(spendMinor >= 0n && spendMinor <= bought.amountMinor).toBe(true);
      for (const { cappedMinor } of contributions)
        expect(cappedMinor === undefined || (cappedMinor > 0n && cappedMinor <= bought.amountMinor)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('in marginal mode a fen more never earns less', () => {
  fc.assert(
    fc.property(rule, ladder, purchase, fc.bigInt(0n, 1_000n), (shape, steps, bought, more) => {
      const only: EarnRule = {
        ...shape,
        id: '0',
        code: 'R',
        conditions: {},
        dailySpendCapMinor: undefined,
        multiplierBps: undefined,
        bonusPoints: undefined,
        flatMilliPointsPerUnit: undefined,
        ladder: { ...steps, mode: 'MARGINAL' },
      };
      const pointsFor = (amountMinor: bigint) => earn([only], { ...bought, items: [], amountMinor }, NOTHING_USED, PROGRAM).points;
      expect(pointsFor(bought.amountMinor + more) >= pointsFor(bought.amountMinor)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('however a purchase comes back, in parts, all its points are taken back with the last of them and never more before', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 100_000n), fc.array(fc.bigInt(1n, 10_000n), { minLength: 1, maxLength: 8 }), (points, parts) => {
      const amountMinor = parts.reduce((sum, part) => sum + part, 0n);
      let [reversedPoints, returnedMinor] = [0n, 0n];
      for (const minor of parts) {
        const taken = pointsToReverse({ points, reversedPoints, amountMinor, returnedMinor }, { minor });
        if ('refused' in taken) throw new Error(taken.refused.message);
        reversedPoints += taken.done;
        returnedMinor += minor;
        expect(reversedPoints <= points && taken.done >= 0n).toBe(true);
      }
      expect(reversedPoints).toBe(points);
      expect('refused' in pointsToReverse({ points, reversedPoints, amountMinor, returnedMinor }, { minor: 1n })).toBe(true);
    }),
    { numRuns: 300 },
  );
});
