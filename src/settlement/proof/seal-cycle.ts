import { setImmediate } from 'node:timers/promises';
import type { Tx } from '../../platform/database.ts';
import { type AccountRoot, insertAccountRoots, readCountedChunks, readTails } from './account-roots.queries.ts';
import { accountRoots } from './account-roots.rules.ts';
import { hashesIn, marksOf } from './hashes.rules.ts';
import { sealRest } from './seal-chunks.ts';

/** Keeps what every account contributes to the hashes of a cycle that takes no more postings. What was not sealed before is sealed now. */
export async function sealCycle(tx: Tx, cycleNo: number): Promise<AccountRoot[]> {
  await sealRest(tx);
  const tails = new Map((await readTails(tx, cycleNo)).map((tail) => [tail.accountId, tail]));
  const counted = Map.groupBy(await readCountedChunks(tx, cycleNo, null), ({ accountId }) => accountId);
  const roots: AccountRoot[] = [];
  for (const [accountId, chunks] of counted) {
    const tail = tails.get(accountId);
    const marks = { tailFrom: tail?.from ?? 1n, tailMarks: marksOf(hashesIn(tail?.hashes ?? Buffer.alloc(0))) };
    roots.push(...accountRoots(chunks).map((root) => ({ ...root, ...marks })));
    // Who posts through this process waits for one account at most.
    await setImmediate();
  }
  await insertAccountRoots(tx, cycleNo, roots);
  return roots;
}
