import fc from 'fast-check';
import { promotionId } from '../../src/partners/contracts/clauses/joint-promotion/joint-promotion.rules.ts';
import { changedTerms } from '../../src/settlement/lines/changed-terms.rules.ts';
import type { CycleFacts, Movement } from '../../src/settlement/lines/cycle-facts.ts';
import { netOf, OPERATOR, POOL } from '../../src/settlement/lines/cycle-line.ts';
import { draftLines } from '../../src/settlement/lines/draft-lines.rules.ts';
import { moved, NOW, type OnPaper, onPaper, partsOf, STARTS_AT, sumOf } from './coalition-on-paper.ts';

const issuance = (currency: string, R: number, S: number, more: object = {}) => ({
  kind: 'issuance',
  currency,
  redemptionElementMicros: String(R),
  serviceElementMicros: String(S),
  ...more,
});
const cny = (minor: number) => ({ minor: String(minor), currency: 'CNY' });
const exchange = (from: string, to: string, operatorShareBps = 6_000) => ({
  kind: 'exchange',
  ...{ from, to, spreadBps: 500, operatorShareBps, sourceShareBps: 8_000 - operatorShareBps, destinationShareBps: 2000 },
});
const shared = (issuerBps: number, operatorBps: number) => ({ kind: 'breakage', ...{ issuerBps, operatorBps } });
const breakage = shared(4_000, 6_000);
const cost = { kind: 'costAllocation', code: 'MARKETING', budget: cny(100_000), basis: 'TRANSACTION_COUNT' };
const spring = {
  kind: 'jointPromotion',
  promotion: 'SPRING',
  contributions: [
    { partner: 'A', weight: '7000' },
    { partner: 'C', weight: '3000' },
  ],
  from: STARTS_AT.toISOString(),
  until: NOW.toISOString(),
};

const withWeights = (a: string, c: string) => ({
  ...spring,
  contributions: [
    { partner: 'A', weight: a },
    { partner: 'C', weight: c },
  ],
});

const BRANDS: Readonly<Record<'A' | 'B' | 'C' | 'D', OnPaper>> = {
  A: { currency: 'APT', clauses: [issuance('APT', 10_000, 2_000), exchange('APT', 'BPT'), breakage, cost, spring] },
  B: { currency: 'BPT', clauses: [issuance('BPT', 5_000, 1_000), cost] },
  C: { currency: 'CPT', clauses: [issuance('CPT', 20_000, 3_500), exchange('CPT', 'APT'), breakage, cost, spring] },
  D: {
    clauses: [
      { kind: 'acceptance', ...{ currencies: ['APT', 'BPT', 'CPT'], handlingFeeBps: 300 } },
      { kind: 'revenueShare', ...{ basis: 'NET_SALE', bps: 150, payee: 'HOME' } },
      cost,
    ],
  },
};

const NOTHING: CycleFacts = {
  startsAt: STARTS_AT,
  movements: [],
  spellSums: new Map(),
  sales: [],
  memberValues: [],
  issuerValues: [],
  activeMembers: [],
  lateReports: [],
  prepaidPoints: [],
  adjustments: [],
  carried: [],
};

const draft = (facts: Partial<CycleFacts>, brands: Readonly<Record<string, OnPaper>> = BRANDS) =>
  draftLines({ ...NOTHING, ...facts }, onPaper(brands), NOW);

/** Points that a partner issued: it pays the pool and the operator. */
function issued(partner: string, currencyNo: number, points: bigint, R: bigint, S: bigint): Movement[] {
  return [
    moved({ kind: 'PARTNER', owner: partner, code: 'accrual.confirmed', currencyNo, amount: -points * (R + S) }),
    moved({ kind: 'OPERATOR', partnerId: partner, code: 'accrual.confirmed', currencyNo, amount: points * S }),
  ];
}
const burned = (partner: string, micros: bigint) => moved({ kind: 'PARTNER', owner: partner, code: 'redemption.captured', amount: micros });
const counted = (partner: string, postings: bigint) =>
  moved({ kind: 'REDEEMED', owner: partner, unit: 1, code: 'redemption.captured', amount: postings, postings });

/** The exact sums of the worked month of the handbook. */
const MONTH: Partial<CycleFacts> = {
  movements: [
    ...issued('a', 1, 1_000_000n, 10_000n, 2_000n),
    moved({ kind: 'PARTNER', owner: 'a', code: 'accrual.reversed', currencyNo: 1, amount: 40_000n * 12_000n }),
    moved({ kind: 'OPERATOR', partnerId: 'a', code: 'accrual.reversed', currencyNo: 1, amount: -40_000n * 2_000n }),
    ...issued('b', 2, 500_003n, 5_000n, 1_000n),
    ...issued('c', 3, 120_001n, 20_000n, 3_500n),
    moved({
      ...{ kind: 'JOINT', owner: promotionId('SPRING'), topic: 1, partnerId: 'a', currencyNo: 1, code: 'accrual.confirmed' },
      ...{ amount: -360_000_000n, operatorAmount: 60_000_000n },
    }),
    moved({ kind: 'OPERATOR', partnerId: 'a', code: 'accrual.confirmed', currencyNo: 1, amount: 60_000_000n }),
    burned('a', 200_000n * 10_000n + 50_000n * 5_000n),
    burned('b', 20_000n * 10_000n + 10_001n * 20_000n),
    burned('c', 80_000n * 10_000n),
    moved({ kind: 'PARTNER', owner: 'c', code: 'redemption.refunded', amount: -5_000n * 10_000n }),
    burned('d', 300_000n * 10_000n + 100_000n * 5_000n + 40_000n * 20_000n),
    moved({ kind: 'SPREAD', owner: 'bpt', topic: 1, code: 'exchange.completed', amount: 50_000_000n }),
    moved({ kind: 'SPREAD', owner: 'apt', topic: 3, code: 'exchange.completed', amount: 30_010_000n }),
    moved({ kind: 'OPERATOR', code: 'lot.expired', currencyNo: 1, amount: 150_000_000n }),
    moved({ kind: 'OPERATOR', code: 'lot.expired', currencyNo: 3, amount: 40_020_000n }),
    counted('a', 5_000n),
    counted('b', 3_000n),
    counted('c', 1_500n),
    counted('d', 2_498n),
  ],
  sales: [
    { partnerId: 'd', homePartnerId: 'a', grossMinor: 9_000_000n, netMinor: 8_000_000n, sales: 1n },
    { partnerId: 'd', homePartnerId: 'c', grossMinor: 4_000_000n, netMinor: 3_333_300n, sales: 1n },
  ],
};

test('every line of the worked month comes out to the fen', () => {
  const lines = draft(MONTH);
  const table: [string, string, Record<string, bigint>][] = [
    ['FUNDING', 'A APT', { A: -1_152_000n, OPERATOR: 192_000n, POOL: 960_000n }],
    ['FUNDING', 'B BPT', { B: -300_002n, OPERATOR: 50_000n, POOL: 250_002n }],
    ['FUNDING', 'C CPT', { C: -282_002n, OPERATOR: 42_000n, POOL: 240_002n }],
    ['JOINT_PROMOTION', 'SPRING', { A: -25_200n, C: -10_800n, OPERATOR: 6_000n, POOL: 30_000n }],
    ['REIMBURSEMENT', 'A', { A: 225_000n, POOL: -225_000n }],
    ['REIMBURSEMENT', 'B', { B: 40_002n, POOL: -40_002n }],
    ['REIMBURSEMENT', 'C', { C: 75_000n, POOL: -75_000n }],
    ['REIMBURSEMENT', 'D', { D: 430_000n, POOL: -430_000n }],
    ['HANDLING_FEE', 'D', { D: -12_900n, OPERATOR: 12_900n }],
    ['EXCHANGE_SPREAD', 'APT BPT', { A: 1_000n, B: 1_000n, OPERATOR: 3_000n, POOL: -5_000n }],
    ['EXCHANGE_SPREAD', 'CPT APT', { A: 600n, C: 600n, OPERATOR: 1_801n, POOL: -3_001n }],
    ['BREAKAGE', 'APT', { A: 6_000n, OPERATOR: 9_000n, POOL: -15_000n }],
    ['BREAKAGE', 'CPT', { C: 1_601n, OPERATOR: 2_401n, POOL: -4_002n }],
    ['REVENUE_SHARE', 'D A', { A: 120_000n, D: -120_000n }],
    ['REVENUE_SHARE', 'D C', { C: 50_000n, D: -50_000n }],
    ['COST_ALLOCATION', 'MARKETING', { A: -41_667n, B: -25_000n, C: -12_500n, D: -20_833n, OPERATOR: 100_000n }],
  ];
  for (const [type, key, parts] of table) expect([type, key, partsOf(lines, type, key)]).toEqual([type, key, parts]);
  expect(lines.map(({ type, key }) => `${type} ${key}`).sort()).toEqual(table.map(([type, key]) => `${type} ${key}`).sort());
  // The resolved dispute of the month before, 12.34 from the operator to B, is the seventeenth line of the table.
  expect(['A', 'B', 'C', 'D', OPERATOR, POOL].map((party) => netOf(lines, party))).toEqual([
    -866_267n,
    -282_766n - 1_234n,
    -178_101n,
    226_267n,
    417_868n + 1_234n,
    682_999n,
  ]);
});

test('a reimbursement that is not the redemption element leaves the operator the difference', () => {
  const lines = draft({
    movements: [
      burned('b', 70_000_000n),
      moved({ kind: 'OPERATOR', partnerId: 'b', code: 'redemption.captured', amount: 30_000_000n }),
      moved({ kind: 'PARTNER', owner: 'b', code: 'redemption.refunded', amount: -7_000_000n }),
      moved({ kind: 'OPERATOR', partnerId: 'b', code: 'redemption.refunded', amount: -3_000_000n }),
    ],
  });
  expect(partsOf(lines, 'REIMBURSEMENT', 'B')).toEqual({ B: 6_300n, OPERATOR: 2_700n, POOL: -9_000n });
});

test('what refunds of an earlier cycle leave negative gives a part of the handling fee back', () => {
  expect(partsOf(draft({ movements: [burned('d', -10_000_000n)] }), 'HANDLING_FEE', 'D')).toEqual({ D: 30n, OPERATOR: -30n });
});

test('a spread below zero is borne by the same parties, and parties that are the same have one part', () => {
  const brands = {
    ...BRANDS,
    A: { ...BRANDS.A, clauses: [issuance('APT', 10_000, 2_000), exchange('APT', 'BPT'), exchange('APT', 'APT')] },
  };
  const lines = draft(
    {
      movements: [
        moved({ kind: 'SPREAD', owner: 'bpt', topic: 1, code: 'exchange.completed', amount: -30_010_000n }),
        moved({ kind: 'SPREAD', owner: 'apt', topic: 1, code: 'exchange.completed', amount: 30_010_000n }),
        moved({ kind: 'OPERATOR', topic: 1, code: 'exchange.completed', amount: 1_000_000n }),
      ],
    },
    brands,
  );
  expect(partsOf(lines, 'EXCHANGE_SPREAD', 'APT BPT')).toEqual({ A: -600n, B: -600n, OPERATOR: -1_801n, POOL: 3_001n });
  expect(partsOf(lines, 'EXCHANGE_SPREAD', 'APT APT')).toEqual({ A: 1_200n, OPERATOR: 1_801n, POOL: -3_001n });
  expect(partsOf(lines, 'FEE', 'EXCHANGE APT')).toEqual({ OPERATOR: 100n, POOL: -100n });
});

test('without a clause breakage is the operator’s; what the issuer is charged for it is its funding', () => {
  const expired = [
    moved({ kind: 'OPERATOR', code: 'lot.expired', currencyNo: 2, amount: 10_000_000n }),
    moved({ kind: 'PARTNER', owner: 'b', code: 'lot.expired', currencyNo: 2, amount: -4_000_000n }),
  ];
  expect(partsOf(draft({ movements: expired }), 'FUNDING', 'B BPT')).toEqual({ B: -400n, OPERATOR: 400n });
  expect(partsOf(draft({ movements: expired }), 'BREAKAGE', 'BPT')).toEqual({ OPERATOR: 600n, POOL: -600n });
});

test('a prepaid block is funding when it is bought; issuing from it moves money from the pool to the operator', () => {
  const bought = moved({ kind: 'PARTNER', owner: 'a', code: 'block.purchased', currencyNo: 1, amount: -12_000_000n });
  expect(partsOf(draft({ movements: [bought] }), 'FUNDING', 'A APT')).toEqual({ A: -1_200n, POOL: 1_200n });
  const used = moved({ kind: 'OPERATOR', partnerId: 'a', code: 'accrual.confirmed', currencyNo: 1, amount: 2_000_000n });
  expect(partsOf(draft({ movements: [bought, used] }), 'FUNDING', 'A APT')).toEqual({ A: -1_200n, OPERATOR: 200n, POOL: 1_000n });
});

test('deposits and points bought back are lines of their own', () => {
  const lines = draft({
    movements: [
      moved({ kind: 'PARTNER', owner: 'c', code: 'deposit.paid', amount: -2_550_000_000n }),
      moved({ kind: 'PARTNER', owner: 'c', code: 'deposit.returned', amount: 550_000_000n }),
      moved({ kind: 'PARTNER', owner: 'c', code: 'lot.bought_back', amount: -15_000_000n }),
      moved({ kind: 'OPERATOR', partnerId: 'c', code: 'lot.bought_back', amount: 20_000_000n }),
    ],
  });
  expect(partsOf(lines, 'DEPOSIT', 'C')).toEqual({ C: -200_000n, POOL: 200_000n });
  expect(partsOf(lines, 'BUY_BACK', 'C')).toEqual({ C: -1_500n, OPERATOR: 2_000n, POOL: -500n });
});

test.each([
  ['nothing issued', 0n, { A: -120_000n, OPERATOR: 120_000n }],
  ['60,000 issued and 20,000 reversed', 40_000n, { A: -72_000n, OPERATOR: 72_000n }],
  ['one point short', 99_999n, { A: -1n, OPERATOR: 1n }],
  ['more returned of earlier cycles than issued in this one', -5_000n, { A: -120_000n, OPERATOR: 120_000n }],
] as const)('a commitment of 100,000 points, %s, is paid up', (_, points, parts) => {
  const brands = { A: { currency: 'APT', clauses: [issuance('APT', 10_000, 2_000, { minCommitmentPoints: '100000' })] } };
  const movements = [moved({ kind: 'ISSUANCE', owner: 'a', unit: 1, code: 'accrual.confirmed', amount: -points })];
  expect(partsOf(draft({ movements }, brands), 'TRUE_UP', 'A APT')).toEqual(parts);
  expect(sumOf(draft({ movements }, brands), onPaper(brands))).toBe(0n);
});

test('a commitment that is met, or of a contract whose earning has ended, costs nothing', () => {
  const clauses = [issuance('APT', 10_000, 2_000, { minCommitmentPoints: '100000' })];
  const movements = [moved({ kind: 'ISSUANCE', owner: 'a', unit: 1, code: 'accrual.confirmed', amount: -100_000n })];
  expect(draft({ movements }, { A: { currency: 'APT', clauses } })).toEqual([]);
  expect(draft({}, { A: { currency: 'APT', clauses, contract: { earnEnd: STARTS_AT } } })).toEqual([]);
});

test('what is returned of earlier cycles is no commitment where none was agreed', () => {
  const movements = [moved({ kind: 'ISSUANCE', owner: 'a', unit: 1, code: 'accrual.reversed', amount: 5_000n })];
  expect(draft({ movements }, { A: { currency: 'APT', clauses: [issuance('APT', 10_000, 2_000)] } })).toEqual([]);
});

test('the platform costs a fee each cycle, and every late report one', () => {
  const clauses = [{ kind: 'fees', ...{ platformFeePerCycle: cny(50_000), lateSubmissionHours: 72, lateSubmissionFee: cny(100) } }];
  const lines = draft({ lateReports: [{ partnerId: 'a', count: 3n }] }, { A: { clauses } });
  expect(partsOf(lines, 'FEE', 'PLATFORM A')).toEqual({ A: -50_000n, OPERATOR: 50_000n });
  expect(partsOf(lines, 'FEE', 'LATE_SUBMISSION A')).toEqual({ A: -300n, OPERATOR: 300n });
});

const codes = [
  'accrual.confirmed',
  'accrual.reversed',
  'redemption.captured',
  'redemption.funded',
  'lot.expired',
  'lot.bought_back',
  'deposit.paid',
] as const;
const micros = fc.bigInt(-(10n ** 13n), 10n ** 13n);
const anyMovement = fc
  .record({
    kind: fc.constantFrom('PARTNER', 'OPERATOR', 'JOINT', 'SPREAD'),
    party: fc.constantFrom('a', 'b', 'c', 'd'),
    code: fc.constantFrom(...codes),
    currencyNo: fc.constantFrom(1, 2, 3),
    to: fc.constantFrom('apt', 'bpt', 'cpt'),
    amount: micros,
  })
  .map(({ kind, party, code, currencyNo, to, amount }) => {
    if (kind === 'JOINT')
      return moved({
        kind,
        owner: promotionId('SPRING'),
        topic: currencyNo,
        partnerId: party,
        currencyNo,
        code: 'accrual.confirmed',
        amount,
        operatorAmount: amount / 7n,
      });
    if (kind === 'SPREAD') return moved({ kind, owner: to, topic: currencyNo, code: 'exchange.completed', amount });
    return moved({
      kind,
      owner: kind === 'PARTNER' ? party : null,
      partnerId: kind === 'OPERATOR' ? party : null,
      code,
      currencyNo,
      amount,
    });
  });
const anySale = fc.record({
  partnerId: fc.constant('d'),
  homePartnerId: fc.constantFrom('a', 'b', 'c', 'd', null),
  grossMinor: fc.bigInt(0n, 10n ** 9n),
  netMinor: fc.bigInt(0n, 10n ** 9n),
  sales: fc.bigInt(1n, 10n ** 6n),
});

test('whatever is posted and sold, the parts of every line sum to zero over all parties', () => {
  const paper = onPaper(BRANDS);
  fc.assert(
    fc.property(fc.array(anyMovement, { maxLength: 60 }), fc.array(anySale, { maxLength: 10 }), (movements, sales) => {
      const lines = draftLines({ ...NOTHING, movements, sales }, paper, NOW);
      for (const line of lines) {
        expect(sumOf([line], paper)).toBe(0n);
        expect([...line.shares.values()].reduce((sum, share) => sum + share.micros, 0n)).toBe(0n);
      }
      expect(new Set(lines.map(({ type, key }) => `${type} ${key}`)).size).toBe(lines.length);
    }),
    { numRuns: 200 },
  );
});

test('the same holds where a second version divides spread, breakage, promotions and fees differently', () => {
  const other: Readonly<Record<'A' | 'B' | 'C' | 'D', OnPaper>> = {
    A: { clauses: [exchange('APT', 'BPT'), shared(1, 9_999), withWeights('3333', '6667')] },
    B: { clauses: [] },
    C: { clauses: [issuance('CPT', 20_000, 3_500), exchange('CPT', 'APT', 8_000), withWeights('3333', '6667')] },
    D: { clauses: [{ kind: 'acceptance', ...{ currencies: ['APT'], handlingFeeBps: 777 } }] },
  };
  const [before, after] = [onPaper(BRANDS), onPaper(other)];
  const begins = new Date('2026-01-15T00:00:00+08:00');
  const brands = Object.fromEntries(
    (['A', 'B', 'C', 'D'] as const).map((code): [string, OnPaper] => {
      const versionOf = (paper: typeof before) => paper.contractOf(code.toLowerCase())?.versions ?? [];
      const versions = [
        ...versionOf(before).map((version) => ({ ...version, effectiveUntil: begins })),
        ...versionOf(after).map((version) => ({ ...version, number: 2, effectiveFrom: begins })),
      ];
      return [code, { ...BRANDS[code], contract: { versions } }];
    }),
  );
  const paper = onPaper(brands);
  fc.assert(
    fc.property(fc.array(anyMovement, { maxLength: 40 }), fc.array(micros, { minLength: 10, maxLength: 10 }), (movements, sums) => {
      const changes = changedTerms(movements, paper, NOW);
      const spellSums = new Map(changes.map(({ key }, at): [string, bigint[]] => [key, [sums[at % sums.length] ?? 0n]]));
      for (const line of draftLines({ ...NOTHING, movements, spellSums }, paper, NOW)) {
        expect(sumOf([line], paper)).toBe(0n);
        expect([...line.shares.values()].reduce((sum, share) => sum + share.micros, 0n)).toBe(0n);
      }
    }),
    { numRuns: 200 },
  );
  const spread = moved({ kind: 'SPREAD', owner: 'apt', topic: 3, code: 'exchange.completed', amount: 30_010_000n });
  expect(changedTerms([spread], paper, NOW)).toMatchObject([{ key: 'EXCHANGE_SPREAD 3 apt', cuts: [begins] }]);
  expect(changedTerms([spread], before, NOW)).toEqual([]);
});
