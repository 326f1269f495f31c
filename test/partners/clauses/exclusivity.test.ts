import { conflicts } from '../../../src/partners/contracts/clauses/exclusivity/exclusivity.rules.ts';
import { faultOf } from './clause-fault.ts';

test.each([
  ['COFFEE', 'COFFEE', true],
  ['COFFEE', 'coffee', true],
  [' Coffee ', 'COFFEE', true],
  ['CAFÉ', 'cafe\u0301', true],
  ['咖啡', '咖啡', true],
  ['COFFEE', 'TEA', false],
  ['COFFEE', 'COFFEE SHOP', false],
  ['COFFEE', undefined, false],
])('the exclusivity of %j and a partner of %j: %s', (category, other, conflict) => {
  expect(conflicts(category, other)).toBe(conflict);
  if (other !== undefined) expect(conflicts(other, category)).toBe(conflict);
});

test.each([
  ['an empty category', { category: '' }],
  ['a category of spaces', { category: '   ' }],
  ['a category of 65 characters', { category: 'C'.repeat(65) }],
  ['no category', {}],
])('%s is refused', (_, clause) => {
  expect(faultOf('exclusivity', clause)).toBe('clauses.1.exclusivity.category');
});

test('a version promises several categories, each once', () => {
  expect(faultOf('exclusivity', { category: 'C'.repeat(64) }, { category: 'TEA' })).toBeUndefined();
  expect(faultOf('exclusivity', { category: 'COFFEE' }, { category: ' coffee' })).toBe('clauses.2.exclusivity');
});
