import { CHUNK, MARK_BYTES, merkleRoot } from '../../kernel/merkle.ts';
import type { HistoryRow, KeptSeal, LotChange } from './account-history.queries.ts';

/** The first thing that is wrong with an account: at which version, if it is one entry's, and what. */
export interface Break {
  readonly version: bigint | null;
  readonly reason: string;
}

/** Marks of entries from a version on. */
export interface Marks {
  readonly from: bigint;
  readonly marks: Buffer;
  /** What kept them. */
  readonly by: string;
}

/** The number of the chunk of a version. */
export const chunkOf = (version: bigint): bigint => (version - 1n) / BigInt(CHUNK);

/** The marks that a seal keeps. */
export const marksOfSeal = ({ chunk, marks }: KeptSeal): Marks => ({
  from: chunk * BigInt(CHUNK) + 1n,
  marks,
  by: `the seal of chunk ${chunk}`,
});

/** Where the history of an account stands. */
export type Standing = Pick<HistoryRow, 'version' | 'availableAfter' | 'heldAfter' | 'pendingAfter' | 'recordedAt'>;

export const NOTHING_YET: Standing = { version: 0n, availableAfter: 0n, heldAfter: 0n, pendingAfter: 0n, recordedAt: null };

/** What is wrong with an entry after those before it; undefined when nothing is. */
export function breakOf(
  before: Standing,
  row: HistoryRow,
  marks: readonly Marks[],
  lots: ReadonlyMap<bigint, LotChange> | undefined,
): Break | undefined {
  const { version, hash } = row;
  if (version !== before.version + 1n) return { version: before.version + 1n, reason: `version ${before.version + 1n} is missing` };
  const broken = (reason: string) => ({ version, reason });
  if (hash === null) return broken(`its posting ${row.postingId} is missing`);
  const differing = marks.find(({ from, marks: kept }) => {
    const at = Number(version - from) * MARK_BYTES;
    return at >= 0 && at < kept.length && !kept.subarray(at, at + MARK_BYTES).equals(hash.subarray(0, MARK_BYTES));
  });
  if (differing !== undefined) return broken(`it is not what ${differing.by} says`);
  if (
    row.availableAfter !== before.availableAfter + row.available ||
    row.heldAfter !== before.heldAfter + row.held ||
    row.pendingAfter !== before.pendingAfter + row.pending
  )
    return broken('its balances do not follow from those before it');
  if (before.recordedAt !== null && row.recordedAt !== null && row.recordedAt < before.recordedAt)
    return broken('it was recorded before the one before it');
  if (!row.isBalanced) return broken(`the entries of its posting ${row.postingId} do not sum to zero`);
  const lot = lots?.get(row.postingId);
  if (lots !== undefined && (row.available !== (lot?.available ?? 0n) || row.held !== (lot?.held ?? 0n)))
    return broken('it does not change the lots of the wallet as it changes the wallet');
  return undefined;
}

/** What is wrong with the seals of hashes that are what their marks say; undefined when nothing is. */
export function sealBreak(seals: readonly KeptSeal[], hashes: ReadonlyMap<bigint, readonly Buffer[]>): Break | undefined {
  const wrong = seals.find(({ chunk, root }) => {
    const own = hashes.get(chunk) ?? [];
    return own.length === CHUNK && !merkleRoot(own).equals(root);
  });
  return wrong && { version: null, reason: `the seal of chunk ${wrong.chunk} is not the hash of its entries` };
}
