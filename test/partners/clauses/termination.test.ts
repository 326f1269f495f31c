import type { ClauseFacts } from '../../../src/partners/contracts/clauses/clause-definition.ts';
import { readClauses } from '../../../src/partners/contracts/clauses/read-clauses.rules.ts';

/** A issues APT, B issues BPT, and STAR is a currency of the coalition. */
const facts: ClauseFacts = {
  settlementCurrency: 'CNY',
  partner: 'A',
  isPartner: (code) => ['A', 'B'].includes(code),
  isPointCurrency: (code) => ['APT', 'BPT', 'STAR'].includes(code),
  issuerOf: (currency) =>
    new Map([
      ['APT', 'A'],
      ['BPT', 'B'],
    ]).get(currency),
};
const DAYS = { noticeDays: 10, earnEndDays: 30, burnEndDays: 60, tailMonths: 2 };

/** Where a contract of A that ends like this is refused, or nothing. */
function fault(termination: object, issued: readonly string[] = []): string | undefined {
  const issuances = issued.map((currency) => ({ issuance: { currency, redemptionElementMicros: 1n, serviceElementMicros: 0n } }));
  const outcome = readClauses([{ scope: { roles: ['ISSUER'] } }, { termination: { ...DAYS, ...termination } }, ...issuances], facts);
  return 'refused' in outcome ? outcome.refused.field?.join('.').replace('clauses.1.termination.', '') : undefined;
}

test.each([
  ['honoured', { outstandingPolicy: 'HONOUR' }],
  ['bought back', { outstandingPolicy: 'BUY_BACK' }],
  ['expired where the law allows it', { outstandingPolicy: 'EXPIRE', expiryAllowed: true }],
  ['converted into those of another partner', { outstandingPolicy: 'CONVERT', convertTo: 'BPT' }],
  ['converted into those of the coalition', { outstandingPolicy: 'CONVERT', convertTo: 'STAR' }],
])('points may be %s', (_, termination) => {
  expect(fault(termination, ['APT'])).toBeUndefined();
});

test.each([
  ['expired without the word that the law allows it', { outstandingPolicy: 'EXPIRE' }, 'expiryAllowed'],
  ['converted into nothing in particular', { outstandingPolicy: 'CONVERT' }, 'convertTo'],
  ['converted into what does not exist', { outstandingPolicy: 'CONVERT', convertTo: 'XPT' }, 'convertTo'],
  ["converted into the partner's own", { outstandingPolicy: 'CONVERT', convertTo: 'APT' }, 'convertTo'],
  ['bought back and converted', { outstandingPolicy: 'BUY_BACK', convertTo: 'BPT' }, 'convertTo'],
])('points are not %s', (_, termination, field) => {
  expect(fault(termination)).toBe(field);
});

test('points are not converted into a currency of the coalition that the same contract issues', () => {
  expect(fault({ outstandingPolicy: 'CONVERT', convertTo: 'STAR' }, ['STAR'])).toBe('convertTo');
});
