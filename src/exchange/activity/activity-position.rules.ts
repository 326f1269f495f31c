import type { Activity } from './activities.queries.ts';

/** A version of each wallet, by currency number, at which a member's list of activities is cut. */
export type Cut = readonly (readonly [currencyNo: number, version: bigint])[];

const SHAPE = /^\d{1,5}:\d{1,18}(?:,\d{1,5}:\d{1,18})*$/;

/** Where an activity stands: its currency and, as `1:41,2:7`, below which version of each wallet the list goes on. */
export type ActivityKey = readonly [currencyNo: number, position: string];

/** The cut after the activity of a key: what is older lies below it. Wallets not named have nothing older. */
export function cutAfter([, position]: readonly (string | number)[]): Cut | undefined {
  if (typeof position !== 'string' || !SHAPE.test(position)) return undefined;
  return position.split(',').map((part) => {
    const [currencyNo = '', version = ''] = part.split(':');
    return [Number(currencyNo), BigInt(version)] as const;
  });
}

/** The cut before the activity of a key: what is newer lies at it or above. */
export function cutBefore(key: readonly (string | number)[]): Cut | undefined {
  return cutAfter(key)?.map(([currencyNo, version]) => [currencyNo, currencyNo === key[0] ? version + 1n : version] as const);
}

/** Every wallet with the version it stands at, the row's own with that of the row. */
function toKey({ currencyNo, version }: Activity, below: ReadonlyMap<number, bigint>): ActivityKey {
  const own = `${currencyNo}:${version}`;
  if (below.size === 1 && below.has(currencyNo)) return [currencyNo, own];
  const others = below.has(currencyNo) ? below : new Map(below).set(currencyNo, version);
  return [currencyNo, Array.from(others, ([no, at]) => (no === currencyNo ? own : `${no}:${at}`)).join(',')];
}

/**
 * The keys of rows that were read newest first. Every wallet that still has rows is in each, also one of which no row was shown yet,
 * so entries added later never come into a list that is being read.
 */
export function keysForwards(rows: readonly Activity[]): ActivityKey[] {
  const below = new Map<number, bigint>();
  for (const row of rows) if (!below.has(row.currencyNo)) below.set(row.currencyNo, row.version + 1n);
  return rows.map((row) => toKey(row, below.set(row.currencyNo, row.version)));
}

/** The keys of rows that were read oldest first, from a cut upwards or from the very first. */
export function keysBackwards(rows: readonly Activity[], from: Cut = []): ActivityKey[] {
  const below = new Map(from);
  return rows.map((row) => {
    const key = toKey(row, below);
    below.set(row.currencyNo, row.version + 1n);
    return key;
  });
}
