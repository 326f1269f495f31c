import type { Activity } from '../../src/exchange/activity/activities.queries.ts';
import { cutAfter, cutBefore, keysBackwards, keysForwards } from '../../src/exchange/activity/activity-position.rules.ts';

/** Two wallets whose changes alternate, newest first. */
const rows = (
  [
    [1, 3n],
    [2, 2n],
    [1, 2n],
    [2, 1n],
    [1, 1n],
  ] as const
).map(([currencyNo, version]): Activity => {
  const none = { available: 0n, held: 0n, pending: 0n, availableChange: 0n, heldChange: 0n, pendingChange: 0n };
  const at = new Date(0);
  return {
    ...none,
    currencyNo,
    version,
    postingId: 0n,
    code: 'lot.expired',
    reference: '',
    partnerId: null,
    occurredAt: at,
    recordedAt: at,
  };
});

test('a key divides the list into what is newer and what is older, from whichever end it was read', () => {
  for (const keys of [keysForwards(rows), keysBackwards(rows.toReversed()).toReversed()]) {
    keys.forEach((key, at) => {
      const older = new Map(cutAfter(key));
      const newer = new Map(cutBefore(key));
      expect(rows.filter((row) => row.version < (older.get(row.currencyNo) ?? 0n))).toEqual(rows.slice(at + 1));
      expect(rows.filter((row) => row.version >= (newer.get(row.currencyNo) ?? 0n))).toEqual(rows.slice(0, at));
    });
  }
});

test('anything else is not a key', () => {
  for (const position of ['', '1', '1:', 'x:1', '1:1,', '1:-1', `1:${'9'.repeat(19)}`, 7]) expect(cutAfter([1, position])).toBeUndefined();
});
