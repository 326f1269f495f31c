import fc from 'fast-check';
import type { ClauseFacts } from '../../../src/partners/contracts/clauses/clause-definition.ts';
import {
  compareRates,
  creditedFor,
  lowestTerms,
  rateAfterSpread,
  rateIfAwake,
  rateOf,
} from '../../../src/partners/contracts/clauses/exchange/exchange.rules.ts';
import { readClauses } from '../../../src/partners/contracts/clauses/read-clauses.rules.ts';

const terms = (spreadBps: number, feePoints = 0n) => ({ spreadBps, feePoints });
const mid = (from: bigint, to: bigint) => rateOf({}, from, to);

test.each([
  ['100,000 APT for BPT', 100_000n, terms(500), mid(10_000n, 5_000n), 190_000n],
  ['30,001 CPT for APT', 30_001n, terms(500), mid(20_000n, 10_000n), 57_001n],
  ['a fee is taken before', 1_010n, terms(500, 10n), mid(10_000n, 5_000n), 1_900n],
  ['no more than the fee', 10n, terms(500, 10n), mid(10_000n, 5_000n), 0n],
  ['less than the fee', 9n, terms(500, 10n), mid(10_000n, 5_000n), 0n],
  ['too few for a single point', 1n, terms(0), mid(1n, 2n), 0n],
  ['one floor only, at the end', 3n, terms(0), mid(1n, 3n), 1n],
  ['all of it is spread', 1_000n, terms(10_000), mid(1n, 1n), 0n],
  ['an agreed rate', 400n, terms(0), rateOf({ rate: { numerator: 250n, denominator: 400n } }, 1n, 1n), 250n],
])('%s: points given become points received', (_, debited, clause, rate, credited) => {
  expect(creditedFor(clause, rate, debited)).toBe(credited);
});

test('more points given are never fewer received, and never more than the exact rate', () => {
  const some = fc.tuple(
    fc.bigInt(0n, 10n ** 12n),
    fc.bigInt(0n, 10n ** 6n),
    fc.bigInt(1n, 10n ** 12n),
    fc.bigInt(1n, 10n ** 12n),
    fc.nat(10_000),
  );
  fc.assert(
    fc.property(some, ([points, more, from, to, spreadBps]) => {
      const rate = mid(from, to);
      const credited = creditedFor(terms(spreadBps), rate, points);
      expect(creditedFor(terms(spreadBps), rate, points + more)).toBeGreaterThanOrEqual(credited);
      const { numerator, denominator } = rateAfterSpread(rate, spreadBps);
      expect(credited * denominator).toBeLessThanOrEqual(points * numerator);
      expect((credited + 1n) * denominator).toBeGreaterThan(points * numerator);
    }),
  );
});

test('a clause is awake when both sides have a price, and mid needs points that are worth something', () => {
  const agreed = { rate: { numerator: 2n, denominator: 1n } };
  expect([rateIfAwake({}, undefined, 1n), rateIfAwake({}, 1n, undefined), rateIfAwake(agreed, 1n, undefined)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect([rateIfAwake({}, 0n, 1n), rateIfAwake({}, 1n, 0n)]).toEqual([undefined, undefined]);
  expect([rateIfAwake(agreed, 0n, 0n), rateIfAwake({}, 6n, 3n)]).toEqual([agreed.rate, { numerator: 6n, denominator: 3n }]);
});

test('rates compare as what they are worth, in whatever terms', () => {
  const positive = fc.bigInt(1n, 10n ** 15n);
  fc.assert(
    fc.property(positive, positive, positive, (numerator, denominator, by) => {
      const rate = { numerator, denominator };
      const larger = { numerator: numerator * by, denominator: denominator * by };
      expect(lowestTerms(larger)).toEqual(lowestTerms(rate));
      expect(compareRates(larger, rate)).toBe(0);
      expect(compareRates({ ...larger, numerator: larger.numerator + 1n }, rate)).toBe(1);
      expect(compareRates(rate, { ...larger, numerator: larger.numerator + 1n })).toBe(-1);
    }),
  );
});

/** A's proposal: APT is A's, BPT is B's, PTS is the coalition's. */
const facts: ClauseFacts = {
  settlementCurrency: 'CNY',
  partner: 'A',
  isPartner: (code) => ['A', 'B'].includes(code),
  isPointCurrency: (code) => ['APT', 'BPT', 'PTS'].includes(code),
  issuerOf: (currency) => ({ APT: 'A', BPT: 'B' })[currency],
};
const exchange = (from: string, to: string) => ({
  exchange: { from, to, spreadBps: 500, operatorShareBps: 6_000, sourceShareBps: 2_000, destinationShareBps: 2_000 },
});
const issuance = (currency: string) => ({ issuance: { currency, redemptionElementMicros: 1n, serviceElementMicros: 0n } });
const SCOPE = { scope: { roles: ['ISSUER'] } };

test.each([
  ['its own points, also before it has agreed to their price', [exchange('APT', 'BPT')], undefined],
  ["another's points", [exchange('BPT', 'APT')], 'clauses.1.exchange.from'],
  ["the coalition's points that it may issue, in whatever order", [exchange('PTS', 'BPT'), issuance('PTS')], undefined],
  ["the coalition's points that it may not issue", [exchange('PTS', 'BPT'), issuance('APT')], 'clauses.1.exchange.from'],
  ['two directions of its own points', [exchange('APT', 'BPT'), exchange('APT', 'PTS')], undefined],
  ['one direction twice', [exchange('APT', 'BPT'), exchange('APT', 'BPT')], 'clauses.2.exchange'],
])("a partner's contract exchanges %s", (_, clauses, fault) => {
  const outcome = readClauses([SCOPE, ...clauses], facts);
  expect('refused' in outcome ? outcome.refused.field?.join('.') : undefined).toBe(fault);
});
