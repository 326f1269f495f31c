import { hash } from 'node:crypto';

/** One step from a leaf to a root: what stands beside, and on which side. */
export interface ProofStep {
  readonly side: 'LEFT' | 'RIGHT';
  readonly hash: Buffer;
}

const LEAF = Buffer.from([0]);
const HASH_BYTES = 32;

const sha256 = (bytes: Uint8Array): Buffer => hash('sha256', bytes, 'buffer');

/** Hash of a text: SHA-256 of a zero byte and its UTF-8. A text can never be taken for a pair of hashes (RFC 6962, 2.1). */
export const leafHash = (text: string): Buffer => sha256(Buffer.concat([LEAF, Buffer.from(text, 'utf8')]));

const pair = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

/** Hash of two hashes: SHA-256 of a one byte and both. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  pair.set(left, 1);
  pair.set(right, 1 + HASH_BYTES);
  return sha256(pair);
}

/** How many of several leaves are on the left: the largest power of two below their number. */
function leftOf(count: number): number {
  let left = 1;
  while (left * 2 < count) left *= 2;
  return left;
}

/** Root of the tree over hashes in their order (RFC 6962, 2.1); one hash is its own root. There is no tree over nothing. */
export function merkleRoot(hashes: readonly Uint8Array[]): Buffer {
  let level: Buffer[] = hashes.map((hash) => Buffer.from(hash));
  // Pairing neighbours and taking a last odd one along gives the same tree as dividing at powers of two.
  while (level.length > 1) {
    const above: Buffer[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const [left, right] = [level[at], level[at + 1]];
      if (left !== undefined) above.push(right === undefined ? left : nodeHash(left, right));
    }
    level = above;
  }
  const [root] = level;
  if (root === undefined) throw new Error('there is no tree over nothing');
  return root;
}

/** The way from one of the hashes to their root, the nearest first. */
export function merklePath(hashes: readonly Uint8Array[], index: number): ProofStep[] {
  if (hashes.length <= 1) return [];
  const left = leftOf(hashes.length);
  return index < left
    ? [...merklePath(hashes.slice(0, left), index), { side: 'RIGHT', hash: merkleRoot(hashes.slice(left)) }]
    : [...merklePath(hashes.slice(left), index - left), { side: 'LEFT', hash: merkleRoot(hashes.slice(0, left)) }];
}

/** The root to which a way leads from a hash. */
export function followPath(from: Buffer, path: readonly ProofStep[]): Buffer {
  return path.reduce((hash, step) => (step.side === 'LEFT' ? nodeHash(step.hash, hash) : nodeHash(hash, step.hash)), from);
}

/** How many of an account's versions make one chunk. */
export const CHUNK = 256;
/** How many bytes of a hash are kept to name what was changed. */
export const MARK_BYTES = 8;
