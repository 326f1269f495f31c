import type { ClauseFacts } from '../../src/partners/contracts/clauses/clause-definition.ts';
import { readClauses } from '../../src/partners/contracts/clauses/read-clauses.rules.ts';
import { restoreClause, storeClause } from '../../src/partners/contracts/clauses/store-clauses.ts';

const facts: ClauseFacts = {
  settlementCurrency: 'CNY',
  partner: 'A',
  isPartner: (code) => ['A', 'B'].includes(code),
  isPointCurrency: (code) => ['APT', 'BPT'].includes(code),
  issuerOf: (currency) => ({ APT: 'A', BPT: 'B' })[currency],
};
const SCOPE = { scope: { roles: ['ISSUER'] } };
const cny = (minor: bigint) => ({ minor, currency: 'CNY' });
const usd = (minor: bigint) => ({ minor, currency: 'USD' });

const VALID = {
  issuance: { currency: 'APT', redemptionElementMicros: 10_000n, serviceElementMicros: 2_000n },
  acceptance: { currencies: ['APT'] },
  exchange: { from: 'APT', to: 'BPT', spreadBps: 500, operatorShareBps: 6000, sourceShareBps: 2000, destinationShareBps: 2000 },
  revenueShare: { basis: 'NET_SALE', bps: 150, payee: 'HOME' },
  breakage: { issuerBps: 4000, operatorBps: 6000 },
  costAllocation: { code: 'MEDIA', budget: cny(100_000n), basis: 'EQUAL' },
  jointPromotion: {
    promotion: 'SPRING',
    contributions: [
      { partner: 'A', weight: 7000n },
      { partner: 'B', weight: 3000n },
    ],
    from: new Date(0),
    until: new Date(1),
  },
  paymentTerms: { netDays: 15, disputeWindowDays: 10 },
  termination: { noticeDays: 10, earnEndDays: 30, burnEndDays: 60, tailMonths: 2, outstandingPolicy: 'HONOUR' },
};
type Kind = keyof typeof VALID;

/** One clause after the scope: the path at which it is refused, or nothing. */
function fault(kind: Kind, more: object): string | undefined {
  const outcome = readClauses([SCOPE, { [kind]: { ...VALID[kind], ...more } }], facts);
  return 'refused' in outcome ? outcome.refused.field?.join('.').replace(`clauses.1.${kind}`, '') : undefined;
}

test.each<[Kind, string, object]>([
  ['issuance', 'one of a currency', {}],
  ['issuance', 'free points', { redemptionElementMicros: 0n, serviceElementMicros: 0n }],
  ['issuance', 'HYBRID with its share', { fundingModel: 'HYBRID', issueShareBps: 4000 }],
  ['issuance', 'PREPAID, funded on issuance', { billing: 'PREPAID' }],
  ['issuance', 'a credit limit of nothing', { creditLimit: cny(0n) }],
  ['acceptance', 'two currencies and an excluded issuer', { currencies: ['APT', 'BPT'], excludedIssuers: ['B'] }],
  ['exchange', 'a rate above mid', { rate: { numerator: 9n, denominator: 1n } }],
  ['exchange', 'no spread', { spreadBps: 0 }],
  ['revenueShare', 'cap and floor', { cap: cny(2n), floor: cny(1n) }],
  ['breakage', 'a common fund', { issuerBps: 1000, commonFundBps: 3000 }],
  ['costAllocation', 'agreed shares', { basis: 'FIXED_BPS', weights: [{ partner: 'A', weight: 10_000n }] }],
  ['jointPromotion', 'a budget', { budgetPoints: 30_000n }],
  ['paymentTerms', 'interest and a threshold', { lateInterestBpsPerDay: 5, carryForwardThreshold: cny(1000n) }],
  ['termination', 'days that are equal', { noticeDays: 30, burnEndDays: 30 }],
])('%s: %s is accepted', (kind, _, more) => {
  expect(fault(kind, more)).toBeUndefined();
});

test.each<[Kind, string, object, string]>([
  ['issuance', 'an unknown currency', { currency: 'XPT' }, '.currency'],
  ['issuance', 'a negative redemption element', { redemptionElementMicros: -1n }, '.redemptionElementMicros'],
  ['issuance', 'a negative service element', { serviceElementMicros: -1n }, '.serviceElementMicros'],
  ['issuance', 'HYBRID without its share', { fundingModel: 'HYBRID' }, '.issueShareBps'],
  ['issuance', 'a share without HYBRID', { issueShareBps: 5000 }, '.issueShareBps'],
  ['issuance', 'a share above the whole', { fundingModel: 'HYBRID', issueShareBps: 10_001 }, '.issueShareBps'],
  ['issuance', 'PREPAID, funded on redemption', { billing: 'PREPAID', fundingModel: 'ON_REDEMPTION' }, '.billing'],
  ['issuance', 'PREPAID, funded in part', { billing: 'PREPAID', fundingModel: 'HYBRID', issueShareBps: 1 }, '.billing'],
  ['issuance', 'a negative credit limit', { creditLimit: cny(-1n) }, '.creditLimit.minor'],
  ['issuance', 'a credit limit in foreign money', { creditLimit: usd(1n) }, '.creditLimit'],
  ['issuance', 'a negative cap', { capPerCycle: -1n }, '.capPerCycle'],
  ['issuance', 'a negative commitment', { minCommitmentPoints: -1n }, '.minCommitmentPoints'],
  ['issuance', 'a commitment to more than the book can hold', { minCommitmentPoints: 2n ** 53n - 1n }, '.minCommitmentPoints'],
  ['acceptance', 'no currency', { currencies: [] }, '.currencies'],
  ['acceptance', 'a currency twice', { currencies: ['APT', 'APT'] }, '.currencies'],
  ['acceptance', 'an unknown currency', { currencies: ['APT', 'XPT'] }, '.currencies'],
  ['acceptance', 'an unknown issuer', { excludedIssuers: ['X'] }, '.excludedIssuers'],
  ['acceptance', 'a fee above the whole', { handlingFeeBps: 10_001 }, '.handlingFeeBps'],
  ['acceptance', 'a negative fee', { handlingFeeBps: -1 }, '.handlingFeeBps'],
  ['acceptance', 'a share of an order above the whole', { maxTenderShareBps: 10_001 }, '.maxTenderShareBps'],
  ['acceptance', 'a negative reimbursement', { reimbursementMicros: -1n }, '.reimbursementMicros'],
  ['exchange', 'an unknown source', { from: 'XPT' }, '.from'],
  ['exchange', 'an unknown destination', { to: 'XPT' }, '.to'],
  ['exchange', 'one currency on both sides', { to: 'APT' }, '.to'],
  ['exchange', 'shares that are not the whole', { operatorShareBps: 5999 }, '.operatorShareBps'],
  ['exchange', 'a spread above the whole', { spreadBps: 10_001 }, '.spreadBps'],
  ['exchange', 'a rate of nothing', { rate: { numerator: 0n, denominator: 1n } }, '.rate.numerator'],
  ['exchange', 'a rate by nothing', { rate: { numerator: 1n, denominator: 0n } }, '.rate.denominator'],
  ['exchange', 'an increment of nothing', { increment: 0n }, '.increment'],
  ['exchange', 'a negative fee', { feePoints: -1n }, '.feePoints'],
  ['exchange', 'a quote that never holds', { quoteTtlSeconds: 0 }, '.quoteTtlSeconds'],
  ['revenueShare', 'a share above the whole', { bps: 10_001 }, '.bps'],
  ['revenueShare', 'a floor above the cap', { cap: cny(1n), floor: cny(2n) }, '.floor'],
  ['revenueShare', 'a cap in foreign money', { cap: usd(1n) }, '.cap'],
  ['revenueShare', 'a floor above what the book can hold', { floor: cny(10n ** 13n + 1n) }, '.floor'],
  ['breakage', 'shares that are not the whole', { operatorBps: 5999 }, '.issuerBps'],
  ['breakage', 'a negative share', { issuerBps: -1, operatorBps: 10_001 }, '.issuerBps'],
  ['costAllocation', 'a budget in foreign money', { budget: usd(1n) }, '.budget'],
  ['costAllocation', 'a budget of more than the book can hold', { budget: cny(10n ** 13n + 1n) }, '.budget'],
  ['costAllocation', 'agreed shares that nobody agreed on', { basis: 'FIXED_BPS' }, '.weights'],
  [
    'costAllocation',
    'agreed shares that are not the whole',
    { basis: 'FIXED_BPS', weights: [{ partner: 'A', weight: 9_999n }] },
    '.weights',
  ],
  ['costAllocation', 'an unknown partner', { basis: 'FIXED_BPS', weights: [{ partner: 'X', weight: 10_000n }] }, '.weights'],
  ['costAllocation', 'weights that do not matter', { weights: [{ partner: 'A', weight: 1n }] }, '.weights'],
  ['jointPromotion', 'no funder', { contributions: [] }, '.contributions'],
  ['jointPromotion', 'an unknown funder', { contributions: [{ partner: 'X', weight: 10_000n }] }, '.contributions'],
  [
    'jointPromotion',
    'a funder twice',
    {
      contributions: [
        { partner: 'A', weight: 5_000n },
        { partner: 'A', weight: 5_000n },
      ],
    },
    '.contributions',
  ],
  ['jointPromotion', 'contributions that are not the whole', { contributions: [{ partner: 'A', weight: 9_999n }] }, '.contributions'],
  ['jointPromotion', 'an end at its start', { until: new Date(0) }, '.until'],
  ['paymentTerms', 'negative days', { netDays: -1 }, '.netDays'],
  ['paymentTerms', 'a threshold in foreign money', { carryForwardThreshold: usd(1n) }, '.carryForwardThreshold'],
  ['termination', 'earning that ends within the notice', { noticeDays: 31 }, '.earnEndDays'],
  ['termination', 'burning that ends before earning', { burnEndDays: 29 }, '.burnEndDays'],
  ['termination', 'a negative tail', { tailMonths: -1 }, '.tailMonths'],
  ['termination', 'a deposit above the whole', { depositBps: 10_001 }, '.depositBps'],
])('%s: %s is refused', (kind, _, more, path) => {
  expect(fault(kind, more)).toBe(path);
});

test.each<[Kind, object, object]>([
  ['issuance', {}, {}],
  ['acceptance', {}, { currencies: ['BPT', 'APT'] }],
  ['exchange', {}, { spreadBps: 0 }],
  ['breakage', {}, {}],
  ['costAllocation', {}, {}],
  ['jointPromotion', {}, {}],
  ['paymentTerms', {}, {}],
  ['termination', {}, {}],
])('a version has one %s clause for the same thing', (kind, first, second) => {
  const clause = (more: object) => ({ [kind]: { ...VALID[kind], ...more } });
  expect(readClauses([SCOPE, clause(first), clause(second)], facts)).toMatchObject({
    refused: { code: 'VALIDATION', field: ['clauses', '2', kind] },
  });
});

test('two issuance clauses are for two currencies', () => {
  expect(readClauses([SCOPE, { issuance: VALID.issuance }, { issuance: { ...VALID.issuance, currency: 'BPT' } }], facts)).toHaveProperty(
    'done',
  );
});

test('fields given as null are left out, and defaults take their place', () => {
  expect(readClauses([{ scope: { roles: ['ISSUER'], channels: null, directIssuance: null } }], facts)).toEqual({
    done: [{ kind: 'scope', roles: ['ISSUER'], directIssuance: true }],
  });
});

test('clauses come back from storage as they were agreed', () => {
  const outcome = readClauses([SCOPE, ...Object.entries(VALID).map(([kind, parameters]) => ({ [kind]: parameters }))], facts);
  if ('refused' in outcome) throw new Error(outcome.refused.message);
  const stored: unknown = JSON.parse(JSON.stringify(outcome.done.map(storeClause)));
  expect((stored as { kind: string }[]).map(restoreClause)).toEqual(outcome.done);
});
