import fc from 'fast-check';
import { decodeCursor, encodeCursor, MAX_PAGE, pageSize, toPage } from '../../src/kernel/cursor.ts';

test('a cursor is opaque, safe in a URL, and leads back to its position', () => {
  const part = fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer());
  fc.assert(
    fc.property(fc.array(part), (key) => {
      expect(encodeCursor(key)).toMatch(/^[A-Za-z0-9_-]*$/);
      expect(decodeCursor(encodeCursor(key))).toEqual(key);
    }),
  );
});

test('what is not a cursor of ours is undefined, and nothing throws', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const key = decodeCursor(text);
      expect(key === undefined || Array.isArray(key)).toBe(true);
    }),
  );
  const strange = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  for (const value of [null, 'a', 1, { a: 1 }, [null], [[1]], [{}], [true]]) expect(decodeCursor(strange(value))).toBeUndefined();
});

test('a page has 20 rows unless asked otherwise and at most 100, from one end of the list only', () => {
  expect(pageSize({})).toBe(20);
  expect(pageSize({ first: null, last: null })).toBe(20);
  expect(pageSize({ first: 0 })).toBe(0);
  expect(pageSize({ first: MAX_PAGE })).toBe(MAX_PAGE);
  expect(pageSize({ last: 7 })).toBe(7);
  for (const size of [-1, MAX_PAGE + 1, 1.5, Number.NaN]) {
    expect(pageSize({ first: size })).toBeUndefined();
    expect(pageSize({ last: size })).toBeUndefined();
  }
  expect(pageSize({ first: 1, last: 1 })).toBeUndefined();
});

test.each([
  [[1, 2, 3], 2, { rows: [1, 2], hasNextPage: true }],
  [[1, 2], 2, { rows: [1, 2], hasNextPage: false }],
  [[], 2, { rows: [], hasNextPage: false }],
  [[1], 0, { rows: [], hasNextPage: true }],
])('of the rows %j a page of %s is %j: the row that was read too many says that there is another', (rows, size, page) => {
  expect(toPage(rows, size)).toMatchObject(page);
});

test('the last rows are read backwards and shown in the order of the list', () => {
  expect(toPage([9, 8, 7], 2, { backwards: true })).toEqual({ rows: [8, 9], hasPreviousPage: true, hasNextPage: false });
});

test('walking any list page by page, from either end, shows every row once and in order', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat()), fc.integer({ min: 1, max: 7 }), (numbers, size) => {
      const list = [...numbers].sort((a, b) => a - b);
      const forward: number[] = [];
      for (let more = true; more; ) {
        const after = forward.at(-1);
        const page = toPage(list.filter((n) => after === undefined || n > after).slice(0, size + 1), size, {
          after: after === undefined ? undefined : [after],
        });
        forward.push(...page.rows);
        more = page.hasNextPage;
      }
      const backward: number[] = [];
      for (let more = true; more; ) {
        const before = backward[0];
        const rows = list
          .filter((n) => before === undefined || n < before)
          .reverse()
          .slice(0, size + 1);
        const page = toPage(rows, size, { backwards: true, before: before === undefined ? undefined : [before] });
        backward.unshift(...page.rows);
        more = page.hasPreviousPage === true;
      }
      expect(forward).toEqual(list);
      expect(backward).toEqual(list);
    }),
  );
});
