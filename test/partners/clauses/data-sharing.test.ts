import type { ConsentPurpose } from '../../../src/partners/consent-purpose.ts';
import { mayRead } from '../../../src/partners/contracts/clauses/data-sharing/data-sharing.rules.ts';
import { faultOf } from './clause-fault.ts';

const yes = (...purposes: ConsentPurpose[]) => purposes.map((purpose) => ({ purpose, granted: true }));
const no = (...purposes: ConsentPurpose[]) => purposes.map((purpose) => ({ purpose, granted: false }));
const names = { fields: ['DISPLAY_NAME'], purposes: ['PERSONALISATION', 'MARKETING'] } as const;

test.each([
  ['the field is named and every consent is given', names, yes('DATA_SHARING', 'PERSONALISATION', 'MARKETING'), true],
  ['the field is not named', { ...names, fields: ['CONTACT'] }, yes('DATA_SHARING', 'PERSONALISATION', 'MARKETING'), false],
  ['sharing itself is not consented to', names, yes('SERVICE', 'PERSONALISATION', 'MARKETING'), false],
  ['one purpose is not consented to', names, yes('DATA_SHARING', 'PERSONALISATION'), false],
  ['one purpose was withdrawn', names, [...yes('DATA_SHARING', 'PERSONALISATION'), ...no('MARKETING')], false],
  ['sharing was withdrawn', names, [...yes('PERSONALISATION', 'MARKETING'), ...no('DATA_SHARING')], false],
  ['sharing is its own purpose', { ...names, purposes: ['DATA_SHARING'] }, yes('DATA_SHARING'), true],
  ['the member said nothing', names, [], false],
] as const)('a partner reads in full when %s', (_, clause, consents, allowed) => {
  expect(mayRead(clause, 'DISPLAY_NAME', consents)).toBe(allowed);
});

const VALID = { fields: ['CONTACT'], purposes: ['MARKETING'] };

test.each([
  ['fields and purposes', {}],
  ['every field', { fields: ['DISPLAY_NAME', 'CONTACT', 'TIER', 'BALANCES', 'ACTIVITY'] }],
  ['groups of one', { minimumGroupSize: 1 }],
  ['groups of a thousand', { minimumGroupSize: 1000 }],
])('%s may be agreed', (_, more) => {
  expect(faultOf('dataSharing', { ...VALID, ...more })).toBeUndefined();
});

test.each([
  ['no field', { fields: [] }, 'fields'],
  ['a field twice', { fields: ['TIER', 'TIER'] }, 'fields'],
  ['a field that does not exist', { fields: ['PASSWORD'] }, 'fields.0'],
  ['no purpose', { purposes: [] }, 'purposes'],
  ['a purpose that does not exist', { purposes: ['FUN'] }, 'purposes.0'],
  ['groups of nobody', { minimumGroupSize: 0 }, 'minimumGroupSize'],
  ['groups of 1,001', { minimumGroupSize: 1001 }, 'minimumGroupSize'],
  ['half a member', { minimumGroupSize: 1.5 }, 'minimumGroupSize'],
])('%s is refused', (_, more, path) => {
  expect(faultOf('dataSharing', { ...VALID, ...more })).toBe(`clauses.1.dataSharing.${path}`);
});

test('a version has one', () => {
  expect(faultOf('dataSharing', VALID, { ...VALID, fields: ['TIER'] })).toBe('clauses.2.dataSharing');
});
