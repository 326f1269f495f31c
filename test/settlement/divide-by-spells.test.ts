import fc from 'fast-check';
import { minorOfMicros } from '../../src/kernel/money.ts';
import { bySpells, divideBySpells } from '../../src/settlement/lines/divide-by-spells.rules.ts';

const spell = <Terms>(terms: Terms, day = 1) => ({ since: new Date(Date.UTC(2026, 0, day)), terms });
const rounded = (micros: bigint) => ({ micros, minor: minorOfMicros(micros, 'CNY') });
const minorsOf = (micros: bigint, terms: readonly string[], sums: readonly bigint[]) =>
  bySpells(
    rounded(micros),
    terms.map((one) => spell(one)),
    sums,
    (one) => one,
    'CNY',
  ).map(({ terms: one, share }) => [one, share.minor]);

test.each([
  ['what one version says of everything', 25_000n, ['a'], [], [['a', 3n]]],
  [
    'the larger remainder has the fen that is left',
    25_000n,
    ['a', 'b'],
    [12_000n, 13_000n],
    [
      ['a', 1n],
      ['b', 2n],
    ],
  ],
  [
    'of two equal ones the earlier',
    30_000n,
    ['a', 'b'],
    [15_000n, 15_000n],
    [
      ['a', 2n],
      ['b', 1n],
    ],
  ],
  [
    'a negative amount like its magnitude',
    -30_000n,
    ['a', 'b'],
    [-15_000n, -15_000n],
    [
      ['a', -2n],
      ['b', -1n],
    ],
  ],
  [
    'more refunded of an earlier version than burned since',
    -50_000n,
    ['a', 'b'],
    [-70_000n, 20_000n],
    [
      ['a', -7n],
      ['b', 2n],
    ],
  ],
  [
    'versions that say the same again are one',
    30_000n,
    ['a', 'b', 'a'],
    [4_000n, 20_000n, 6_000n],
    [
      ['a', 1n],
      ['b', 2n],
    ],
  ],
  [
    'what came while the sums were read belongs to the last version',
    50_000n,
    ['a', 'b'],
    [20_000n, 20_000n],
    [
      ['a', 2n],
      ['b', 3n],
    ],
  ],
] as const)('%s', (_, micros, terms, sums, expected) => {
  expect(minorsOf(micros, terms, sums)).toEqual(expected);
});

test('where nothing was ever agreed, all is the operator’s', () => {
  expect(divideBySpells(rounded(25_000n), [], [], 'CNY').shares).toEqual(new Map([['OPERATOR', rounded(25_000n)]]));
});

test('whatever the sums are, the parts are the whole, each within a fen of its exact amount, and so are the shares of all parties', () => {
  const micros = fc.bigInt(-(10n ** 12n), 10n ** 12n);
  const weights = fc.array(fc.bigInt(0n, 10_000n), { minLength: 3, maxLength: 3 }).filter((some) => some.some((weight) => weight > 0n));
  fc.assert(
    fc.property(fc.array(fc.tuple(micros, weights), { minLength: 1, maxLength: 6 }), (parts) => {
      const sums = parts.map(([sum]) => sum);
      const whole = rounded(sums.reduce((total, sum) => total + sum, 0n));
      const spells = parts.map(([, [a = 0n, b = 0n, o = 0n]]) =>
        spell([
          { name: 'A', weight: a },
          { name: 'B', weight: b },
          { name: 'OPERATOR', weight: o },
        ]),
      );
      const divided = bySpells(whole, spells, sums, (terms) => terms.map(({ weight }) => weight).join(), 'CNY');
      expect(divided.reduce((total, { share }) => total + share.minor, 0n)).toBe(whole.minor);
      expect(divided.reduce((total, { share }) => total + share.micros, 0n)).toBe(whole.micros);
      if (divided.length > 1)
        for (const { share } of divided) expect(Math.abs(Number(share.minor * 10_000n - share.micros))).toBeLessThanOrEqual(10_000);
      const shares = [...divideBySpells(whole, spells, sums, 'CNY').shares.values()];
      expect(shares.reduce((total, { minor }) => total + minor, 0n)).toBe(whole.minor);
    }),
  );
});
