import { CHUNK } from '../../kernel/merkle.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { type Database, type Db, transact } from '../../platform/database.ts';
import { readCyclesByNo } from '../cycles/cycles.queries.ts';
import { readHistory, readLotChanges, readSeals, type StandingAccount } from './account-history.queries.ts';
import { type AccountRoot, readAccountRoots, readCountedChunks, readRootsOfAccount } from './account-roots.queries.ts';
import { accountRoots } from './account-roots.rules.ts';
import { type Break, breakOf, chunkOf, type Marks, marksOfSeal, NOTHING_YET, type Standing, sealBreak } from './history.rules.ts';
import { recomputeHashes } from './recompute-hashes.ts';

/** What came out of checking an account. */
export interface Verified {
  readonly checked: bigint;
  readonly broken: Break | undefined;
}

/** Whole chunks, so that each is hashed in one piece. */
const PAGE = 20 * CHUNK;

/**
 * Derives the history of an account again, entry by entry: versions, balances, postings, seals, the roots of closed cycles and the hashes over
 * them; of a wallet, its lots instead. Ends at the first thing that is wrong. As of one instant, while the ledger goes on.
 */
export function verifyAccount(database: Database, coalition: Coalition, account: StandingAccount): Promise<Verified> {
  return transact(database, async (tx) => {
    await tx.rows('set transaction isolation level repeatable read, read only');
    const roots = await readRootsOfAccount(tx, account.accountId);
    const { standing, broken } = await readThrough(tx, account, roots);
    return { checked: standing.version, broken: broken ?? endBreak(account, standing) ?? (await cycleBreak(tx, coalition, roots)) };
  });
}

async function readThrough(db: Db, { accountId, kind }: StandingAccount, roots: readonly (AccountRoot & { cycleNo: number })[]) {
  const lots = kind === 'WALLET' ? new Map((await readLotChanges(db, accountId)).map((change) => [change.postingId, change])) : undefined;
  const tails = roots.map(
    ({ tailFrom, tailMarks, cycleNo }): Marks => ({ from: tailFrom, marks: tailMarks, by: `the close of cycle ${cycleNo}` }),
  );
  let standing: Standing = NOTHING_YET;
  for (;;) {
    const rows = await readHistory(db, accountId, standing.version, PAGE);
    const [from, until] = [chunkOf(standing.version + 1n), chunkOf(standing.version + BigInt(PAGE))];
    const seals = await readSeals(db, accountId, from, until);
    const marks = Map.groupBy(seals.map(marksOfSeal), (one) => chunkOf(one.from));
    const hashes = new Map<bigint, Buffer[]>();
    for (const row of rows) {
      const chunk = chunkOf(row.version);
      const broken = breakOf(standing, row, [...(marks.get(chunk) ?? []), ...tails], lots);
      if (broken !== undefined || row.hash === null) return { standing, broken };
      const own = hashes.get(chunk) ?? [];
      own.push(row.hash);
      hashes.set(chunk, own);
      standing = row;
    }
    const broken = sealBreak(seals, hashes);
    if (rows.length < PAGE || broken !== undefined) return { standing, broken };
  }
}

/** Whether the account stands where its entries lead. */
function endBreak({ version, available, held, pending }: StandingAccount, end: Standing): Break | undefined {
  if (end.version < version) return { version: end.version + 1n, reason: `version ${end.version + 1n} is missing` };
  const isSame = version === end.version && available === end.availableAfter && held === end.heldAfter && pending === end.pendingAfter;
  return isSame ? undefined : { version: null, reason: 'the balances of the account are not those of its last entry' };
}

/** Whether the entries still make the roots that closed cycles were hashed with, and these the hashes of statements and cycles. */
async function cycleBreak(db: Db, coalition: Coalition, roots: readonly (AccountRoot & { cycleNo: number })[]): Promise<Break | undefined> {
  for (const { cycleNo, accountId, root } of roots) {
    const [again] = accountRoots(await readCountedChunks(db, cycleNo, [accountId]));
    if (again?.root.equals(root) !== true)
      return { version: null, reason: `its entries are not those that cycle ${cycleNo} was closed with` };
    const [cycle] = await readCyclesByNo(db, [cycleNo]);
    if (cycle === undefined) return { version: null, reason: `cycle ${cycleNo} is missing` };
    const { batchHash, statements } = await recomputeHashes(db, coalition, cycle, await readAccountRoots(db, cycleNo));
    const changed = statements.find(({ hash, kept }) => hash !== kept);
    if (changed !== undefined)
      return { version: null, reason: `the statement of ${changed.code} for cycle ${cycleNo} is not what was hashed` };
    if (batchHash !== cycle.batchHash) return { version: null, reason: `the hash of cycle ${cycleNo} is not that of what it says` };
  }
  return undefined;
}
