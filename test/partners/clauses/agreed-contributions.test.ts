import { fundedBy, promotionBy } from '../../../src/partners/contracts/clauses/joint-promotion/funded-shares.rules.ts';
import { agreedContributions, promotionId } from '../../../src/partners/contracts/clauses/joint-promotion/joint-promotion.rules.ts';
import { onPaper } from '../../settlement/coalition-on-paper.ts';

const day = (no: number) => new Date(Date.UTC(2026, 0, no));
type Versions = readonly (readonly [from: number, weights?: readonly [string, string], until?: number])[];

/** Two partners whose versions each begin on a day, with or without the promotion. */
function coalition(a: Versions, c: Versions) {
  const [blank] = onPaper({ A: { clauses: [] } }).contracts;
  const partner = (versions: Versions) => {
    const clauses = (weights?: readonly [string, string]) =>
      weights === undefined
        ? []
        : [
            {
              kind: 'jointPromotion',
              promotion: 'SPRING',
              contributions: [
                { partner: 'A', weight: weights[0] },
                { partner: 'C', weight: weights[1] },
              ],
              from: day(1).toISOString(),
              until: day(31).toISOString(),
            },
          ];
    const said = versions.map(([from, weights, until], at) => ({
      ...onPaper({ A: { clauses: clauses(weights) } }).contracts[0]?.versions[0],
      ...{ number: at + 1, effectiveFrom: day(from), effectiveUntil: until === undefined ? undefined : day(until) },
    }));
    return { clauses: [], contract: { versions: said as NonNullable<typeof blank>['versions'] } };
  };
  return onPaper({ A: partner(a), C: partner(c) });
}
const OLD = ['7000', '3000'] as const;
const NEW = ['5000', '5000'] as const;
const ALONE = ['1', '9999'] as const;

test.each<[string, Versions, Versions, readonly (string | undefined)[]]>([
  ['both agree from the 5th on', [[2, OLD]], [[5, OLD]], [undefined, undefined, '7000', '7000']],
  [
    'both change on the 15th',
    [
      [2, OLD, 15],
      [15, NEW],
    ],
    [
      [2, OLD, 15],
      [15, NEW],
    ],
    [undefined, '7000', '7000', '5000'],
  ],
  [
    'one changes alone',
    [
      [2, OLD, 15],
      [15, ALONE],
    ],
    [[2, OLD]],
    [undefined, '7000', '7000', '7000'],
  ],
  [
    'one follows later',
    [
      [2, OLD, 5],
      [5, NEW],
    ],
    [
      [2, OLD, 15],
      [15, NEW],
    ],
    [undefined, '7000', '7000', '5000'],
  ],
  ['both drop it', [[2, OLD, 5], [5]], [[2, OLD, 5], [5]], [undefined, '7000', '7000', '7000']],
  [
    'one goes back alone to what was before',
    [
      [2, OLD, 5],
      [5, NEW, 15],
      [15, OLD],
    ],
    [
      [2, OLD, 5],
      [5, NEW],
    ],
    [undefined, '7000', '5000', '5000'],
  ],
  [
    'one replaces it from its first instant on',
    [
      [2, OLD, 2],
      [2, ALONE],
    ],
    [[2, OLD]],
    [undefined, '7000', '7000', '7000'],
  ],
])('%s', (_, a, c, expected) => {
  const agreed = coalition(a, c);
  const weights = [1, 4, 10, 20].map((at) => agreedContributions(agreed, 'SPRING', day(at))?.contributions[0]?.weight.toString());
  expect(weights).toEqual(expected);
});

test('a partner pays its share of each stretch, and of all in one where the contributions never changed', () => {
  const id = promotionId('SPRING');
  const once = coalition(
    [
      [2, OLD, 15],
      [15, OLD],
    ],
    [[2, OLD]],
  );
  expect(fundedBy(once, 'a', day(20))).toEqual([{ promotionId: id, since: undefined, until: undefined, weightBps: 7_000n }]);
  const twice = coalition(
    [
      [2, OLD, 15],
      [15, NEW],
    ],
    [
      [2, OLD, 15],
      [15, NEW],
    ],
  );
  expect(fundedBy(twice, 'c', day(14))).toEqual([{ promotionId: id, since: undefined, until: undefined, weightBps: 3_000n }]);
  expect(fundedBy(twice, 'c', day(20))).toEqual([
    { promotionId: id, since: undefined, until: day(15), weightBps: 3_000n },
    { promotionId: id, since: day(15), until: undefined, weightBps: 5_000n },
  ]);
  expect(promotionBy(twice, promotionId('AUTUMN'), day(20))).toBeUndefined();
});
