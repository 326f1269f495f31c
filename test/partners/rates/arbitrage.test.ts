import fc from 'fast-check';
import { creditedFor, type Rate } from '../../../src/partners/contracts/clauses/exchange/exchange.rules.ts';
import { findLoop } from '../../../src/partners/rates/arbitrage.rules.ts';
import type { RateEdge, RateGraph } from '../../../src/partners/rates/rate-graph.rules.ts';

const CODES = ['A', 'B', 'C', 'D', 'E'];
const rate = (numerator: bigint, denominator: bigint): Rate => ({ numerator, denominator });
const edge = (from: string, to: string, numerator: bigint, denominator = 1n): RateEdge => ({
  from,
  to,
  rate: rate(numerator, denominator),
});
const graphOf = (...edges: RateEdge[]): RateGraph => ({ edges, worth: new Map() });
const times = (one: Rate, other: Rate): Rate => rate(one.numerator * other.numerator, one.denominator * other.denominator);

/** Every loop that names no currency twice, by trying all of them. */
function allLoops({ edges }: RateGraph): { currencies: string[]; product: Rate }[] {
  const walk = (way: string[], product: Rate): { currencies: string[]; product: Rate }[] =>
    edges
      .filter(({ from }) => from === way.at(-1))
      .flatMap((next) => {
        const reached = times(product, next.rate);
        if (next.to === way[0]) return [{ currencies: [...way, next.to], product: reached }];
        return next.to > (way[0] ?? '') && !way.includes(next.to) ? walk([...way, next.to], reached) : [];
      });
  return CODES.flatMap((code) => walk([code], rate(1n, 1n)));
}

const gains = ({ numerator, denominator }: Rate) => numerator > denominator;
const isEven = ({ numerator, denominator }: Rate) => numerator === denominator;

const someGraph = fc
  .record({
    worth: fc.array(fc.bigInt(0n, 4n), { minLength: CODES.length, maxLength: CODES.length }),
    edges: fc.uniqueArray(
      fc.record({
        from: fc.constantFrom(...CODES),
        to: fc.constantFrom(...CODES),
        numerator: fc.bigInt(1n, 6n),
        denominator: fc.bigInt(1n, 6n),
      }),
      { selector: ({ from, to }) => from + to, maxLength: 12 },
    ),
  })
  .map(
    ({ worth, edges }): RateGraph => ({
      edges: edges.filter(({ from, to }) => from !== to).map((one) => edge(one.from, one.to, one.numerator, one.denominator)),
      worth: new Map(CODES.map((code, at) => [code, worth[at] ?? 0n])),
    }),
  );

/** Rates that hardly lose, so that loops are close to even from both sides. */
const tightGraph = fc
  .record({
    values: fc.array(fc.bigInt(1n, 10n ** 12n), { minLength: CODES.length, maxLength: CODES.length }),
    losses: fc.array(fc.constantFrom(-1n, -1n, -1n, -1n, 0n, 0n, 1n), { minLength: 20, maxLength: 20 }),
  })
  .map(({ values, losses }): RateGraph => {
    const pairs = CODES.flatMap((from, a) => CODES.flatMap((to, b) => (a === b ? [] : [{ from, to, a, b }])));
    return {
      edges: pairs.map(({ from, to, a, b }, at) =>
        edge(from, to, (values[a] ?? 1n) * 10n ** 15n + (losses[at] ?? 0n), (values[b] ?? 1n) * 10n ** 15n),
      ),
      worth: new Map(),
    };
  });

test.each([
  ['small rates', someGraph],
  ['rates that differ in the fifteenth digit', tightGraph],
])('a loop is found exactly when trying all of them finds one: %s', (_, graphs) => {
  fc.assert(
    fc.property(graphs, fc.boolean(), (graph, isEvenAllowed) => {
      const loops = allLoops(graph);
      const found = findLoop(graph, { isEvenAllowed });
      const gaining = loops.filter(({ product }) => gains(product));
      const unwanted = gaining.length > 0 || isEvenAllowed ? gaining : loops.filter(({ product }) => isEven(product));
      expect(found !== undefined).toBe(unwanted.length > 0);
      if (found === undefined) return;
      const same = unwanted.find(({ currencies }) => currencies.join() === found.currencies.join());
      expect(same && isEven(times(same.product, rate(found.product.denominator, found.product.numerator)))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('what a member has is never more after any walk through exchanges that open no loop', () => {
  const walks = fc.tuple(
    someGraph,
    fc.array(fc.nat(), { maxLength: 30 }),
    fc.bigInt(1n, 10n ** 9n),
    fc.bigInt(0n, 3n),
    fc.integer({ min: 0, max: 300 }),
  );
  fc.assert(
    fc.property(walks, ([graph, choices, points, feePoints, spreadBps]) => {
      fc.pre(findLoop(graph, { isEvenAllowed: true }) === undefined);
      for (const start of CODES) {
        let [code, held] = [start, points];
        for (const choice of choices) {
          const next = graph.edges.filter(({ from }) => from === code);
          const step = next[choice % Math.max(1, next.length)];
          if (step === undefined) break;
          [code, held] = [step.to, creditedFor({ feePoints, spreadBps }, step.rate, held)];
          if (code === start) expect(held).toBeLessThanOrEqual(points);
        }
      }
    }),
    { numRuns: 1_000 },
  );
});

test('the loop is told from the first of its currencies on, with what one point becomes', () => {
  const graph = graphOf(edge('C', 'A', 3n), edge('A', 'B', 1n, 2n), edge('B', 'C', 5n, 7n), edge('B', 'A', 1n));
  expect(findLoop(graph, { isEvenAllowed: true })).toEqual({ currencies: ['A', 'B', 'C', 'A'], product: rate(15n, 14n) });
});

test.each([
  ['1900 basis points more than even', edge('B', 'A', 6n, 10n), true],
  ['the least more than even', edge('B', 'A', 10n ** 12n + 1n, 19n * 10n ** 11n), true],
  ['even', edge('B', 'A', 10n, 19n), false],
  ['the least less than even', edge('B', 'A', 10n ** 12n, 19n * 10n ** 11n + 1n), undefined],
] as const)('there and back at 1.9 and a rate that makes it %s', (_, back, isFoundAnyway) => {
  const graph = graphOf(edge('A', 'B', 19n, 10n), back);
  expect(findLoop(graph, { isEvenAllowed: true }) !== undefined).toBe(isFoundAnyway === true);
  expect(findLoop(graph, { isEvenAllowed: false }) !== undefined).toBe(isFoundAnyway !== undefined);
});

test('nothing is found where nothing is exchanged, or never back', () => {
  expect(findLoop(graphOf(), { isEvenAllowed: false })).toBeUndefined();
  expect(findLoop(graphOf(edge('A', 'B', 9n), edge('B', 'C', 9n), edge('A', 'C', 9n)), { isEvenAllowed: false })).toBeUndefined();
});
