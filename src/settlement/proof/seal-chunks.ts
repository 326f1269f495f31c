import { setImmediate } from 'node:timers/promises';
import { merkleRoot } from '../../kernel/merkle.ts';
import { type Database, type Tx, transact } from '../../platform/database.ts';
import { hashesIn, marksOf } from './hashes.rules.ts';
import { type CompleteChunk, insertSeals, readUnsealed, type Seal } from './seals.queries.ts';

/** Chunks sealed in one transaction: about 50,000 entries. */
const AT_ONCE = 200;
const CHUNKS_A_TURN = 10;

/**
 * Seals every complete chunk of entries that is not sealed yet, so that closing a cycle hashes only what came since. It reads what is never
 * changed and waits for nobody who posts. Several processes take turns. Answers how many chunks were sealed.
 */
export async function sealChunks(database: Database): Promise<number> {
  for (let sealed = 0; ; ) {
    const more = await transact(database, async (tx) => {
      const [turn] = await tx.rows<{ mine: boolean }>("select pg_try_advisory_xact_lock(hashtext('settlement.seal')) as mine");
      return turn?.mine === true ? sealSome(tx) : 0;
    });
    sealed += more;
    if (more < AT_ONCE) return sealed;
  }
}

/** The same within a transaction that is closing a cycle, which waits for its turn. */
export async function sealRest(tx: Tx): Promise<void> {
  await tx.rows("select pg_advisory_xact_lock(hashtext('settlement.seal'))");
  while ((await sealSome(tx)) === AT_ONCE);
}

async function sealSome(tx: Tx): Promise<number> {
  const chunks = await readUnsealed(tx, AT_ONCE);
  const seals: Seal[] = [];
  for (const chunk of chunks) {
    seals.push(sealOf(chunk));
    // Who posts through this process waits for a few chunks at most.
    if (seals.length % CHUNKS_A_TURN === 0) await setImmediate();
  }
  if (seals.length > 0) await insertSeals(tx, seals);
  return seals.length;
}

function sealOf({ hashes, ...chunk }: CompleteChunk): Seal {
  const each = hashesIn(hashes);
  return { ...chunk, root: merkleRoot(each), marks: marksOf(each) };
}
