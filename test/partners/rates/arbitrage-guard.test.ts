import fc from 'fast-check';
import { contractsWith } from '../../../src/partners/contracts/candidate.rules.ts';
import type { ContractVersion } from '../../../src/partners/contracts/contract.rules.ts';
import { refuseArbitrage } from '../../../src/partners/rates/arbitrage.guard.ts';
import { findLoop } from '../../../src/partners/rates/arbitrage.rules.ts';
import { rateGraph } from '../../../src/partners/rates/rate-graph.rules.ts';
import { candidateOf, coalitionOf, contractOf, day, exchange, R, versionOf } from './contracts-at-hand.ts';

/** A's contract: APT at 10,000, for BPT at mid less 500 bps. */
const A = contractOf('A', [versionOf(1, 'A', [R('APT', 10_000), exchange('APT', 'BPT', 500)], 1)]);
const B = contractOf('B', [versionOf(1, 'B', [R('BPT', 5_000)], 1)]);
const both = coalitionOf([A, B]);

const isLoop = { refused: { code: 'RATE_ARBITRAGE' } };
const isFine = { done: undefined };

test('a rate that closes a loop in which members gain is refused, and told with its product', () => {
  const version = versionOf(2, 'B', [R('BPT', 5_000), exchange('BPT', 'APT', 0, [53, 100])], 10);
  expect(refuseArbitrage(candidateOf(both, 'B', version))).toEqual({
    refused: {
      code: 'RATE_ARBITRAGE',
      message: 'One point exchanged along APT to BPT to APT would become 1007/1000 from 2026-01-10T00:00:00.000Z on.',
      field: ['clauses', '2', 'exchange'],
      details: { loop: ['APT', 'BPT', 'APT'], product: { numerator: '1007', denominator: '1000' }, at: '2026-01-10T00:00:00.000Z' },
    },
  });
});

test('a loop that loses passes, and a loop of exactly 1 only where the program allows it', () => {
  const back = (...rate: [number, number]) => versionOf(2, 'B', [R('BPT', 5_000), exchange('BPT', 'APT', 0, rate)], 10);
  expect(refuseArbitrage(candidateOf(both, 'B', back(52, 100)))).toEqual(isFine);
  expect(refuseArbitrage(candidateOf(both, 'B', back(10, 19)))).toMatchObject(isLoop);
  expect(refuseArbitrage(candidateOf(coalitionOf([A, B], true), 'B', back(10, 19)))).toEqual(isFine);
});

test('fees and minima close no loop', () => {
  const more = { feePoints: 1_000n, minPoints: 1_000_000n };
  const version = versionOf(2, 'B', [R('BPT', 5_000), exchange('BPT', 'APT', 0, [53, 100], more)], 10);
  expect(refuseArbitrage(candidateOf(both, 'B', version))).toMatchObject(isLoop);
});

/** B exchanges the coalition's points and its own both ways; what the former are worth stands in A's contract, which comes first. */
const BACK_AND_FORTH = [R('BPT', 5_000), R('PTS', 1_000), exchange('PTS', 'BPT', 0), exchange('BPT', 'PTS', 0, [49, 10])];
const worthOfPts = (number: number, micros: number, from: number, until?: number) =>
  versionOf(number, 'A', [R('PTS', micros)], from, until);

test('a new price alone can open a loop: mid moves against what is agreed', () => {
  const coalition = coalitionOf([contractOf('A', [worthOfPts(1, 1_000, 1)]), contractOf('B', [versionOf(1, 'B', BACK_AND_FORTH, 1)])]);
  expect(refuseArbitrage(candidateOf(coalition, 'A', worthOfPts(2, 1_020, 10)))).toEqual(isFine);
  expect(refuseArbitrage(candidateOf(coalition, 'A', worthOfPts(2, 1_021, 10)))).toMatchObject({
    refused: { field: ['clauses'], details: { loop: ['BPT', 'PTS', 'BPT'], product: { numerator: '50029', denominator: '50000' } } },
  });
});

test('a price outlives the version that agreed to it, and what it opens later is refused now', () => {
  const coalition = coalitionOf([
    contractOf('A', [worthOfPts(1, 1_000, 1)]),
    contractOf('B', [versionOf(1, 'B', [R('BPT', 5_000)], 1, 20), versionOf(2, 'B', BACK_AND_FORTH, 20)]),
  ]);
  expect(refuseArbitrage(candidateOf(coalition, 'A', worthOfPts(2, 1_021, 10, 15)))).toMatchObject({
    refused: { details: { at: '2026-01-20T00:00:00.000Z' } },
  });
});

test('the price that wakes a dormant exchange is refused for the loop that opens with it', () => {
  const dormant = contractOf('B', [versionOf(1, 'B', [R('BPT', 5_000), exchange('BPT', 'CPT', 0, [1, 1])], 1)]);
  const coalition = coalitionOf([A, dormant]);
  expect(rateGraph(coalition, coalition.contracts, day(5)).edges.map(({ from, to }) => `${from}-${to}`)).toEqual(['APT-BPT']);
  const awake = (...rate: [number, number]) => versionOf(1, 'C', [R('CPT', 5_000), exchange('CPT', 'BPT', 0, rate)], 10);
  expect(refuseArbitrage(candidateOf(coalition, 'C', awake(99, 100)))).toEqual(isFine);
  expect(refuseArbitrage(candidateOf(coalition, 'C', awake(101, 100)))).toMatchObject({
    refused: { details: { loop: ['BPT', 'CPT', 'BPT'] } },
  });
});

test('later starts of versions that are signed already are looked at too, proposals are not', () => {
  const back = versionOf(2, 'B', [R('BPT', 5_000), exchange('BPT', 'APT', 0, [52, 100])], 20);
  const signed = coalitionOf([A, contractOf('B', [versionOf(1, 'B', [R('BPT', 5_000)], 1, 20), back])]);
  const proposed = coalitionOf([A, contractOf('B', [versionOf(1, 'B', [R('BPT', 5_000)], 1), { ...back, operatorSignedAt: undefined }])]);
  const better = (until?: number) => versionOf(2, 'A', [R('APT', 10_000), exchange('APT', 'BPT', 300)], 10, until);
  expect(refuseArbitrage(candidateOf(signed, 'A', better()))).toMatchObject({ refused: { details: { at: '2026-01-20T00:00:00.000Z' } } });
  expect(refuseArbitrage(candidateOf(proposed, 'A', better()))).toEqual(isFine);
  expect(refuseArbitrage(candidateOf(signed, 'A', better(20)))).toEqual(isFine);
});

test('exchanges of a suspended contract count, those of one that burns no more do not', () => {
  const back = versionOf(2, 'B', [R('BPT', 5_000), exchange('BPT', 'APT', 0, [53, 100])], 10);
  const suspended = { ...A, suspendedAt: day(2) };
  const noticed = { ...A, noticeGivenAt: day(2), earnEnd: day(3), burnEnd: day(10), tailEnd: day(20) };
  expect(refuseArbitrage(candidateOf(coalitionOf([suspended, B]), 'B', back))).toMatchObject(isLoop);
  expect(refuseArbitrage(candidateOf(coalitionOf([noticed, B]), 'B', back))).toEqual(isFine);
  expect(refuseArbitrage(candidateOf(coalitionOf([{ ...noticed, burnEnd: day(11) }, B]), 'B', back))).toMatchObject(isLoop);
});

test('an exchange that a version takes out closes its loop, and a loop that stands already refuses nothing that makes it no better', () => {
  const open = contractOf('B', [versionOf(1, 'B', [R('BPT', 5_000), exchange('BPT', 'APT', 0, [53, 100])], 1)]);
  const coalition = coalitionOf([A, open]);
  expect(refuseArbitrage(candidateOf(coalition, 'B', versionOf(2, 'B', [R('BPT', 5_000)], 10)))).toEqual(isFine);
  expect(refuseArbitrage(candidateOf(coalition, 'C', versionOf(1, 'C', [R('CPT', 5_000)], 10)))).toEqual(isFine);
  expect(refuseArbitrage(candidateOf(coalition, 'C', versionOf(1, 'C', [R('CPT', 5_000), exchange('CPT', 'APT', 0)], 10)))).toMatchObject(
    isLoop,
  );
});

test('of two partners that exchange the same currency of the coalition, the better rate counts', () => {
  const one = contractOf('A', [versionOf(1, 'A', [R('PTS', 1_000), exchange('PTS', 'BPT', 0, [1, 10])], 1)]);
  const B1 = contractOf('B', [versionOf(1, 'B', [R('BPT', 5_000), exchange('BPT', 'PTS', 0, [4, 1])], 1)]);
  const other = (...rate: [number, number]) => versionOf(1, 'C', [R('PTS', 1_000), exchange('PTS', 'BPT', 0, rate)], 10);
  expect(refuseArbitrage(candidateOf(coalitionOf([one, B1]), 'C', other(1, 5)))).toEqual(isFine);
  expect(refuseArbitrage(candidateOf(coalitionOf([one, B1]), 'C', other(1, 4)))).toMatchObject(isLoop);
});

test('points that are worth nothing have no mid', () => {
  const coalition = coalitionOf([
    contractOf('A', [versionOf(1, 'A', [R('APT', 0), exchange('APT', 'BPT', 0)], 1)]),
    contractOf('B', [versionOf(1, 'B', [R('BPT', 1), exchange('BPT', 'APT', 0)], 1)]),
  ]);
  expect(rateGraph(coalition, coalition.contracts, day(2)).edges).toEqual([]);
});

const isWithin = (day: Date, { effectiveFrom, effectiveUntil }: ContractVersion) =>
  effectiveFrom <= day && (effectiveUntil === undefined || day < effectiveUntil);

test('whatever versions are agreed one after the other, no loop gains on any day', () => {
  const rate = fc.option(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })), { nil: undefined });
  const proposal = fc.record({
    partner: fc.constantFrom('A', 'B', 'C'),
    from: fc.integer({ min: 1, max: 20 }),
    days: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
    own: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    shared: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    to: fc.subarray(['APT', 'BPT', 'CPT', 'PTS']),
    rates: fc.array(rate, { minLength: 4, maxLength: 4 }),
    sharedRate: rate,
    spreadBps: fc.constantFrom(0, 500),
  });
  let opened = 0;
  fc.assert(
    fc.property(fc.array(proposal, { minLength: 4, maxLength: 14 }), fc.boolean(), (proposals, isEvenAllowed) => {
      let coalition = coalitionOf([], isEvenAllowed);
      for (const { partner, from, days, own, shared, to, rates, sharedRate, spreadBps } of proposals) {
        const mine = `${partner}PT`;
        const clauses = [
          ...(own === undefined ? [] : [R(mine, own)]),
          ...(shared === undefined ? [] : [R('PTS', shared), exchange('PTS', mine, spreadBps, sharedRate)]),
          ...to.filter((code) => code !== mine).map((code, at) => exchange(mine, code, spreadBps, rates[at])),
        ];
        const number = (coalition.contractOf(partner)?.versions.length ?? 0) + 1;
        const version = versionOf(number, partner, clauses, from, days && from + days);
        const candidate = candidateOf(coalition, partner, version);
        const others = coalition.contractOf(partner)?.versions.filter(({ effectiveFrom }) => effectiveFrom > version.effectiveFrom) ?? [];
        if (others.some(({ effectiveFrom }) => isWithin(effectiveFrom, version))) continue;
        const outcome = refuseArbitrage(candidate);
        if ('refused' in outcome) opened += 1;
        else
          coalition = coalitionOf(
            contractsWith(candidate).map((one) => ({ ...one, id: `contract of ${one.partnerId}` })),
            isEvenAllowed,
          );
      }
      for (let number = 1; number <= 35; number += 1)
        expect(findLoop(rateGraph(coalition, coalition.contracts, day(number)), { isEvenAllowed })).toBeUndefined();
    }),
    { numRuns: 200 },
  );
  expect(opened).toBeGreaterThan(100);
});
