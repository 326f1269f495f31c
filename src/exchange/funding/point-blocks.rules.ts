import type { BlockPart, PointBlock } from './point-block.ts';

/** Points that are left in blocks together. */
export function remainingIn(blocks: readonly Pick<PointBlock, 'remaining'>[]): bigint {
  return blocks.reduce((sum, { remaining }) => sum + remaining, 0n);
}

/** Takes points from blocks, the earliest purchase first, or undefined when they have too few; answers the blocks as they are then. */
export function takeFromBlocks(
  blocks: readonly PointBlock[],
  points: bigint,
): { readonly parts: BlockPart[]; readonly blocks: PointBlock[] } | undefined {
  const parts: BlockPart[] = [];
  let missing = points;
  const after = blocks.map((block) => {
    const taken = block.remaining < missing ? block.remaining : missing;
    if (taken === 0n) return block;
    missing -= taken;
    const { redemptionMicros, serviceMicros } = block;
    parts.push({ blockId: block.id, points: taken, returned: 0n, redemptionMicros, serviceMicros, lotId: undefined });
    return { ...block, remaining: block.remaining - taken };
  });
  return missing === 0n ? { parts, blocks: after } : undefined;
}

/** Gives points back: what was taken last goes back first. `back` is in that order, `parts` are as they are then. */
export function giveBack(parts: readonly BlockPart[], points: bigint): { readonly back: BlockPart[]; readonly parts: BlockPart[] } {
  const back: BlockPart[] = [];
  let missing = points;
  const after = parts.toReversed().map((part) => {
    const left = part.points - part.returned;
    const some = left < missing ? left : missing;
    if (some === 0n) return part;
    missing -= some;
    back.push({ ...part, points: some, returned: 0n });
    return { ...part, returned: part.returned + some };
  });
  if (missing > 0n) throw new Error('more points go back to blocks than were taken from them');
  return { back, parts: after.toReversed() };
}

/** Puts parts that entered a wallet into lots: neighbours of one price share one. */
export function withLots(parts: readonly BlockPart[], newLotId: () => string): BlockPart[] {
  const placed: BlockPart[] = [];
  for (const part of parts) {
    const before = placed.at(-1);
    const joins = before !== undefined && before.redemptionMicros === part.redemptionMicros && before.serviceMicros === part.serviceMicros;
    placed.push({ ...part, lotId: joins ? before.lotId : newLotId() });
  }
  return placed;
}

/** The level at or below which the blocks of a partner and currency are low: that of the latest purchase that names one. */
function alertLevel(blocks: readonly PointBlock[]): bigint | undefined {
  return blocks.findLast(({ alertPoints }) => alertPoints !== undefined)?.alertPoints;
}

/** Whether blocks of one partner and currency, in the order of purchase, are low: all of them together count. */
export function isLow(blocks: readonly PointBlock[]): boolean {
  const level = alertLevel(blocks);
  return level !== undefined && remainingIn(blocks) <= level;
}
