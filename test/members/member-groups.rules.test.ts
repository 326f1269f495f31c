import fc from 'fast-check';
import { type MemberGroup, showableGroups } from '../../src/members/member-groups.rules.ts';

const groupsOf = (...sizes: readonly number[]): MemberGroup[] => sizes.map((members, at) => ({ key: `G${at}`, members }));
const shownOf = (minimum: number, ...sizes: readonly number[]) => showableGroups(groupsOf(...sizes), minimum).map(({ members }) => members);

test.each([
  ['groups of exactly the minimum', 5, [5, 6], [5, 6]],
  ['no group at all', 5, [], []],
  ['a small group, and with it the next larger one', 5, [4, 20, 9], [20]],
  ['a small group by its order of size, not of names', 5, [20, 9, 4], [20]],
  ['two small groups that together are enough', 5, [2, 3, 9], [9]],
  ['two small groups that together are too few', 5, [1, 2, 9, 10], [10]],
  ['a small group and the only other one', 5, [1, 100], []],
  ['a single small group', 5, [4], []],
  ['everything, where one member is a group', 1, [1, 2], [1, 2]],
])('%s', (_, minimum, sizes, shown) => {
  expect(shownOf(minimum, ...sizes)).toEqual(shown);
});

test('whoever knows the total cannot tell the size of a group that is left out, nor that few are in it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 8 }), fc.integer({ min: 1, max: 15 }), (sizes, minimum) => {
      const groups = groupsOf(...sizes);
      const shown = showableGroups(groups, minimum);
      const hidden = groups.filter((group) => !shown.includes(group));
      expect(shown.every(({ members }) => members >= minimum)).toBe(true);
      expect(hidden.length > 0 || sizes.every((size) => size >= minimum)).toBe(true);
      if (hidden.length === 0 || shown.length === 0) return;
      expect(hidden.length).toBeGreaterThan(1);
      expect(hidden.reduce((sum, { members }) => sum + members, 0)).toBeGreaterThanOrEqual(minimum);
    }),
  );
});
