import { merkleRoot } from '../../kernel/merkle.ts';
import type { AccountRoot, CountedChunk } from './account-roots.queries.ts';
import { hashesIn } from './hashes.rules.ts';

/** The root of what counts of a chunk. */
export function chunkRoot({ root, hashes }: CountedChunk): Buffer {
  return root ?? merkleRoot(hashesIn(hashes ?? Buffer.alloc(0)));
}

/** The roots of accounts over the chunks that count in a cycle, in the order of the accounts. */
export function accountRoots(chunks: readonly CountedChunk[]): Omit<AccountRoot, 'tailFrom' | 'tailMarks'>[] {
  return [...Map.groupBy(chunks, ({ accountId }) => accountId).values()].flatMap((own) => {
    const last = own.at(-1);
    if (last === undefined) return [];
    const { accountId, kind, owner, unit, topic } = last;
    return [
      {
        ...{ accountId, kind, owner, unit, topic },
        entries: own.reduce((sum, { entries }) => sum + BigInt(entries), 0n),
        root: merkleRoot(own.map(chunkRoot)),
      },
    ];
  });
}
