import type { Lot } from './lots.ts';

/** Points taken from one lot. */
export interface Allocation {
  readonly lot: Lot;
  readonly points: bigint;
}

/** Takes points from lots in the order given, or undefined when they hold too few. */
export function takeFromLots(lots: readonly Lot[], points: bigint): Allocation[] | undefined {
  const taken: Allocation[] = [];
  let missing = points;
  for (const lot of lots) {
    if (missing === 0n) break;
    const part = lot.available < missing ? lot.available : missing;
    if (part > 0n) taken.push({ lot, points: part });
    missing -= part;
  }
  return missing === 0n ? taken : undefined;
}

/** Cuts the first `points` off a list of parts: what is captured of a hold, or refunded of a capture. */
export function takeInOrder<Part extends { readonly points: bigint }>(
  parts: readonly Part[],
  points: bigint,
): { taken: Part[]; rest: Part[] } {
  const taken: Part[] = [];
  const rest: Part[] = [];
  let missing = points;
  for (const part of parts) {
    const now = part.points < missing ? part.points : missing;
    if (now > 0n) taken.push({ ...part, points: now });
    if (part.points > now) rest.push({ ...part, points: part.points - now });
    missing -= now;
  }
  return { taken, rest };
}
