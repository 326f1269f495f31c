import { MARK_BYTES } from '../../kernel/merkle.ts';

const HASH_BYTES = 32;

/** Hashes that were read one after the other. */
export function hashesIn(bytes: Buffer): Buffer[] {
  return Array.from({ length: bytes.length / HASH_BYTES }, (_, at) => bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
}

/** The beginnings of hashes, one after the other. */
export function marksOf(hashes: readonly Buffer[]): Buffer {
  return Buffer.concat(hashes.map((hash) => hash.subarray(0, MARK_BYTES)));
}
