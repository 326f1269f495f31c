import fc from 'fast-check';
import { BPS, bpsOf, divideHalfAwayFromZero, ratioBps, scaleFloor } from '../../src/kernel/ratio.ts';

const amount = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });
const divisor = fc.bigInt({ min: 1n, max: 10n ** 9n });
const anyDivisor = fc.oneof(
  divisor,
  divisor.map((d) => -d),
);

test('scaling down never gives more than the exact value, and less than one under it', () => {
  fc.assert(
    fc.property(amount, amount, anyDivisor, (value, numerator, denominator) => {
      const sign = denominator < 0n ? -1n : 1n;
      const exact = value * numerator * sign;
      const by = denominator * sign;
      const floor = scaleFloor(value, numerator, denominator);
      expect(floor * by <= exact && exact < (floor + 1n) * by).toBe(true);
    }),
  );
});

test('rounding to the nearest is at most half away, and the same for both signs', () => {
  fc.assert(
    fc.property(amount, divisor, (value, by) => {
      const rounded = divideHalfAwayFromZero(value, by);
      const distance = 2n * (rounded * by - value);
      expect(distance <= by && -distance <= by).toBe(true);
      expect(divideHalfAwayFromZero(-value, by)).toBe(-rounded);
    }),
  );
});

test.each([
  [5n, 10n, 1n],
  [-5n, 10n, -1n],
  [4n, 10n, 0n],
  [-4n, 10n, 0n],
  [15n, 10n, 2n],
  [25n, 10n, 3n],
  [3_000_018_000n, 10_000n, 300_002n],
  [2_820_023_500n, 10_000n, 282_002n],
])('%s / %s is %s: halves go away from zero', (value, by, expected) => {
  expect(divideHalfAwayFromZero(value, by)).toBe(expected);
});

test('basis points of a non-negative amount follow the rule of the domain: (amount x bps + 5000) / 10000', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.nat({ max: 20_000 }), (value, bps) => {
      expect(bpsOf(value, bps)).toBe((value * BigInt(bps) + 5_000n) / BPS);
      expect(bpsOf(-value, bps)).toBe(-bpsOf(value, bps));
    }),
  );
});

test.each([
  [430_000n, 300, 12_900n],
  [8_000_000n, 150, 120_000n],
  [3_333_300n, 150, 50_000n],
  [0n, 300, 0n],
  [100n, 10_000, 100n],
])('%s at %s bps is %s, as in the worked month', (value, bps, expected) => {
  expect(bpsOf(value, bps)).toBe(expected);
});

test.each([
  [100_000n, 2n * 9_500n, 10_000n, 190_000n],
  [30_001n, 2n * 9_500n, 10_000n, 57_001n],
  [1_200n, 3_333n, 10_000n, 399n],
])('%s x %s / %s floors to %s, as in the worked examples', (value, numerator, denominator, expected) => {
  expect(scaleFloor(value, numerator, denominator)).toBe(expected);
});

test('a ratio in basis points is floored', () => {
  expect(ratioBps(1n, 3n)).toBe(3_333);
  expect(ratioBps(2n, 1n)).toBe(20_000);
  expect(ratioBps(0n, 7n)).toBe(0);
  expect(ratioBps(-1n, 3n)).toBe(-3_334);
});
