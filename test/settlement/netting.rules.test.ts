import fc from 'fast-check';
import type { CycleLine } from '../../src/settlement/lines/cycle-line.ts';
import { drawInstructions } from '../../src/settlement/netting/draw-instructions.rules.ts';
import { fund } from '../../src/settlement/netting/funding.rules.ts';
import { netsOf, type Obligation, type Pair } from '../../src/settlement/netting/obligation.ts';
import { obligationsOf } from '../../src/settlement/netting/obligations.rules.ts';
import { savingOf } from '../../src/settlement/netting/saving.rules.ts';

const PARTNERS = ['A', 'B', 'C', 'D'] as const;
const PARTIES = [...PARTNERS, 'OPERATOR', 'POOL'];
const HUBBED = [...PARTNERS, 'OPERATOR'];

const total = (values: Iterable<bigint>) => [...values].reduce((sum, one) => sum + one, 0n);

function line(type: CycleLine['type'], minors: readonly bigint[]): CycleLine {
  return {
    type,
    key: '',
    description: '',
    workings: { kind: 'SUM' },
    shares: new Map(PARTIES.map((party, at) => [party, { micros: 0n, minor: minors[at] ?? 0n }])),
  };
}

/** Lines of which the parts of all but the operator are anything, and the operator's is the rest. */
const anyLines = fc.array(
  fc
    .tuple(
      fc.constantFrom('FUNDING' as const, 'ADJUSTMENT' as const, 'CARRIED_FORWARD' as const),
      fc.array(fc.bigInt({ min: -1_000n, max: 1_000n }), { minLength: 5, maxLength: 5 }),
    )
    .map(([type, parts]) => line(type, [...parts.slice(0, 4), -total(parts), parts[4] ?? 0n])),
  { maxLength: 12 },
);

const anyObligations: fc.Arbitrary<Obligation[]> = fc.array(
  fc
    .record({ from: fc.constantFrom(...HUBBED), to: fc.constantFrom(...HUBBED), minor: fc.bigInt({ min: 1n, max: 60n }) })
    .filter(({ from, to }) => from !== to),
  { maxLength: 12 },
);
const anyLimits = fc
  .tuple(...PARTNERS.map((code) => fc.option(fc.bigInt({ min: 0n, max: 80n }).map((limit) => [code, limit] as const))))
  .map((limits) => new Map(limits.filter((one) => one !== null)));
const anyPairs: fc.Arbitrary<Pair[]> = fc.subarray<Pair>([
  ['A', 'B'],
  ['A', 'C'],
  ['B', 'D'],
  ['C', 'D'],
]);

test('rows and columns of what parties owe each other add up to the shares of the lines, and nobody owes itself', () => {
  fc.assert(
    fc.property(anyLines, (lines) => {
      const obligations = obligationsOf(lines);
      const nets = netsOf(obligations);
      for (const party of HUBBED) {
        const shares = lines.map(
          ({ shares }) => (shares.get(party)?.minor ?? 0n) + (party === 'OPERATOR' ? (shares.get('POOL')?.minor ?? 0n) : 0n),
        );
        expect(nets.get(party) ?? 0n).toBe(total(shares));
        // Line by line a party only pays or only receives, so what it pays in all is the sum of its negative shares.
        const paid = total(obligations.filter(({ from }) => from === party).map(({ minor }) => minor));
        expect(paid).toBe(-total(shares.filter((share) => share < 0n)));
      }
      expect(obligations.every(({ from, to, minor }) => from !== to && minor > 0n)).toBe(true);
    }),
  );
});

test('what was brought from the cycle before comes first', () => {
  const [first, second] = obligationsOf([line('FUNDING', [-1n, 0n, 0n, 0n, 1n]), line('CARRIED_FORWARD', [0n, -2n, 0n, 0n, 2n])]);
  expect([first, second]).toEqual([
    { from: 'B', to: 'OPERATOR', minor: 2n },
    { from: 'A', to: 'OPERATOR', minor: 1n },
  ]);
});

/** The levels up to which each partner meets its obligations, found from above one by one: an independent model of what can be funded. */
function largestLevels(obligations: readonly Obligation[], limits: ReadonlyMap<string, bigint>): Map<string, bigint> {
  const owed = (from: string) => obligations.filter((one) => one.from === from);
  const levels = new Map(HUBBED.map((code) => [code as string, total(owed(code).map(({ minor }) => minor))]));
  const received = (to: string) =>
    total(
      [...levels].flatMap(([from, level]) => {
        let left = level;
        return owed(from).map((one) => {
          const part = left < one.minor ? left : one.minor;
          left -= part;
          return one.to === to ? part : 0n;
        });
      }),
    );
  for (let isStable = false; !isStable; ) {
    isStable = true;
    for (const [code, limit] of limits) {
      const level = levels.get(code) ?? 0n;
      if (level - received(code) <= limit) continue;
      levels.set(code, level - 1n);
      isStable = false;
    }
  }
  return levels;
}

test('what is funded is the largest set that limits allow, whatever is tried first, and nothing is lost', () => {
  fc.assert(
    fc.property(anyObligations, anyLimits, (obligations, limits) => {
      const { settled, deferred } = fund(obligations, limits);
      const nets = netsOf(settled);
      for (const [code, limit] of limits) expect(-(nets.get(code) ?? 0n)).toBeLessThanOrEqual(limit);
      const key = ({ from, to }: Obligation) => `${from} ${to}`;
      const sums = (some: readonly Obligation[]) =>
        Object.fromEntries([...Map.groupBy(some, key)].map(([direction, ones]) => [direction, total(ones.map(({ minor }) => minor))]));
      expect(sums([...settled, ...deferred])).toEqual(sums(obligations));
      const levels = largestLevels(obligations, limits);
      for (const code of PARTNERS) {
        const level = total(settled.filter(({ from }) => from === code).map(({ minor }) => minor));
        expect(level).toBe(levels.get(code));
      }
      const turned = fund(obligations, new Map([...limits].reverse()));
      expect(turned).toEqual({ settled, deferred });
      expect(fund(obligations, new Map())).toEqual({ settled: obligations, deferred: [] });
    }),
    { numRuns: 400 },
  );
});

test('giving back one minor unit of what was taken out last would break the limit', () => {
  fc.assert(
    fc.property(anyObligations, anyLimits, (obligations, limits) => {
      const { settled, deferred } = fund(obligations, limits);
      for (const [code, limit] of limits) {
        if (deferred.some(({ from }) => from === code)) expect(-(netsOf(settled).get(code) ?? 0n) + 1n).toBeGreaterThan(limit);
      }
    }),
  );
});

test('receiving less can break the next limit: one deferral brings another', () => {
  const obligations: Obligation[] = [
    { from: 'A', to: 'B', minor: 50n },
    { from: 'B', to: 'OPERATOR', minor: 50n },
    { from: 'B', to: 'C', minor: 10n },
  ];
  const limits = new Map([
    ['A', 40n],
    ['B', 20n],
  ]);
  expect(fund(obligations, limits)).toEqual({
    settled: [
      { from: 'A', to: 'B', minor: 40n },
      { from: 'B', to: 'OPERATOR', minor: 50n },
      { from: 'B', to: 'C', minor: 10n },
    ],
    deferred: [{ from: 'A', to: 'B', minor: 10n }],
  });
  limits.set('A', 25n);
  expect(fund(obligations, limits)).toEqual({
    settled: [
      { from: 'A', to: 'B', minor: 25n },
      { from: 'B', to: 'OPERATOR', minor: 45n },
    ],
    deferred: [
      { from: 'A', to: 'B', minor: 25n },
      { from: 'B', to: 'OPERATOR', minor: 5n },
      { from: 'B', to: 'C', minor: 10n },
    ],
  });
});

test('partners that owe one another large amounts in a circle and have no money at all settle at once what they can', () => {
  const large = 10n ** 14n;
  const obligations: Obligation[] = [
    { from: 'A', to: 'OPERATOR', minor: 1n },
    { from: 'A', to: 'B', minor: large },
    { from: 'B', to: 'C', minor: large },
    { from: 'C', to: 'A', minor: large },
  ];
  const limits = new Map(['A', 'B', 'C'].map((code) => [code, 0n]));
  // The one minor unit that A owes first would come out of the circle again and again.
  expect(fund(obligations, limits).settled).toEqual([]);
  expect(fund(obligations.slice(1), limits).settled).toEqual(obligations.slice(1));
});

test('instructions and what is carried come to the net position of every party, with pairs, limits and thresholds of any kind', () => {
  fc.assert(
    fc.property(anyLines, anyLimits, anyPairs, fc.bigInt({ min: 0n, max: 500n }), (lines, limits, pairs, threshold) => {
      const obligations = obligationsOf(lines);
      const partners = PARTNERS.map((code) => ({
        code,
        partnerId: code.toLowerCase(),
        statementId: `of ${code}`,
        terms: {
          kind: 'paymentTerms' as const,
          netDays: 1,
          disputeWindowDays: 1,
          lateInterestBpsPerDay: 3,
          carryForwardThreshold: { minor: threshold, currency: 'CNY' },
        },
      }));
      const instructions = drawInstructions(1, fund(obligations, limits), pairs, partners);
      for (const party of HUBBED) {
        const id = party === 'OPERATOR' ? null : party.toLowerCase();
        const sums = instructions.map(({ payer, payee, amountMinor, carriedMinor }) => {
          const minor = amountMinor + carriedMinor;
          return (payee === id ? minor : 0n) - (payer === id ? minor : 0n);
        });
        expect(total(sums)).toBe(netsOf(obligations).get(party) ?? 0n);
      }
      expect(
        instructions.every(({ payer, payee, amountMinor, carriedMinor }) => payer !== payee && amountMinor > 0n !== carriedMinor > 0n),
      ).toBe(true);
      // Each partner has one payment with the operator at most, each named pair one of its own, and nobody else pays anybody.
      const paid = instructions.filter(({ amountMinor }) => amountMinor > 0n);
      const places = paid.map(({ payer, payee }) => [payer, payee].map(String).sort().join(' '));
      expect(new Set(places).size).toBe(places.length);
      const named = pairs.map((pair) =>
        pair
          .map((code) => code.toLowerCase())
          .sort()
          .join(' '),
      );
      for (const { payer, payee } of paid) if (payer !== null && payee !== null) expect(named).toContain([payer, payee].sort().join(' '));
    }),
  );
});

test('netting never costs anything: gross is net and saving, for all and for each partner', () => {
  fc.assert(
    fc.property(anyObligations, anyPairs, (obligations, pairs) => {
      for (const of of [undefined, ...PARTNERS]) {
        const { gross, net, saving, savingBps, grossPayments } = savingOf(obligations, pairs, of);
        const own = obligations.filter(({ from, to }) => of === undefined || from === of || to === of);
        expect([gross, gross - net]).toEqual([total(own.map(({ minor }) => minor)), saving]);
        expect(saving).toBeGreaterThanOrEqual(0n);
        expect(savingBps).toBe(gross === 0n ? 0 : Number((saving * 10_000n) / gross));
        expect(grossPayments).toBe(new Set(own.map(({ from, to }) => `${from} ${to}`)).size);
      }
    }),
  );
});
