/** Where a message stands in the story of its currency. */
export type Place = 'NEXT' | 'REPEAT' | 'GAP';

/** A snapshot is always taken; a change only when it is the one after the last. */
export function placeOf({ version, resync }: { version: bigint; resync: boolean }, last: bigint | undefined): Place {
  if (resync) return 'NEXT';
  const known = last ?? 0n;
  if (version <= known) return 'REPEAT';
  return version === known + 1n ? 'NEXT' : 'GAP';
}
