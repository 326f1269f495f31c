import { parse, validate } from 'graphql';
import { pauseAfter } from '../../src/client/back-off.rules.ts';
import { BALANCE_CHANGED } from '../../src/client/balance.ts';
import { placeOf } from '../../src/client/balance-order.rules.ts';
import { buildGatewaySchema } from '../../src/gateway/schema.ts';

test('pauses double from 100 ms to 10 s and stay there, less up to a half by chance', () => {
  const pause = (failures: number, chance: number) => pauseAfter(failures, { firstMs: 100, longestMs: 10_000 }, chance);
  expect([1, 2, 3, 4, 7, 8, 9, 5_000].map((failures) => pause(failures, 1))).toEqual([100, 200, 400, 800, 6_400, 10_000, 10_000, 10_000]);
  expect([1, 2, 8].map((failures) => pause(failures, 0))).toEqual([50, 100, 5_000]);
});

test.each([
  [1n, undefined, 'NEXT'],
  [1n, 0n, 'NEXT'],
  [6n, 5n, 'NEXT'],
  [5n, 5n, 'REPEAT'],
  [3n, 5n, 'REPEAT'],
  [7n, 5n, 'GAP'],
  [2n, undefined, 'GAP'],
  [9_007_199_254_740_993n, 9_007_199_254_740_992n, 'NEXT'],
])('version %s after %s is %s', (version, last, place) => {
  expect(placeOf({ version, resync: false }, last)).toBe(place);
});

test('a snapshot is taken whatever came before, also when it is older', () => {
  expect([undefined, 0n, 5n, 9n].map((last) => placeOf({ version: 5n, resync: true }, last))).toEqual(['NEXT', 'NEXT', 'NEXT', 'NEXT']);
});

test('the subscription of the client fits the schema', () => {
  expect(validate(buildGatewaySchema(), parse(BALANCE_CHANGED))).toEqual([]);
});
