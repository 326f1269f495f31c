import fc from 'fast-check';
import { currencyDigits, isCurrencyCode, microsOfMinor, microsPerMinor, minorOfMicros, minorPerUnit } from '../../src/kernel/money.ts';

test.each([
  ['CNY', 2, 100n, 10_000n],
  ['EUR', 2, 100n, 10_000n],
  ['JPY', 0, 1n, 1_000_000n],
  ['KWD', 3, 1_000n, 1_000n],
])('%s has %s decimal places', (currency, digits, minor, micros) => {
  expect(currencyDigits(currency)).toBe(digits);
  expect(minorPerUnit(currency)).toBe(minor);
  expect(microsPerMinor(currency)).toBe(micros);
});

test('minor units turn into micros and back without loss', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.constantFrom('CNY', 'JPY', 'KWD'), (minor, currency) => {
      expect(minorOfMicros(microsOfMinor(minor, currency), currency)).toBe(minor);
    }),
  );
});

test.each([
  [3_000_018_000n, 300_002n],
  [2_820_023_500n, 282_002n],
  [5_000n, 1n],
  [-5_000n, -1n],
  [4_999n, 0n],
  [-15_000n, -2n],
])('%s micros are %s fen: halves go away from zero', (micros, fen) => {
  expect(minorOfMicros(micros, 'CNY')).toBe(fen);
});

test('currency codes are those of ISO 4217, in capitals', () => {
  expect(['CNY', 'USD', 'JPY'].every(isCurrencyCode)).toBe(true);
  expect(['cny', 'XYZW', '', 'ABCD'].some(isCurrencyCode)).toBe(false);
});
