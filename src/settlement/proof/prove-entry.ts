import { leafHash, merklePath, type ProofStep } from '../../kernel/merkle.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { Db } from '../../platform/database.ts';
import type { Cycle } from '../cycles/cycle.ts';
import { readCyclesByNo } from '../cycles/cycles.queries.ts';
import { readCountedChunks } from './account-roots.queries.ts';
import { chunkRoot } from './account-roots.rules.ts';
import { readChunkEntries, readCycleOf } from './chunk-entries.queries.ts';
import { type FileScope, readFileScope } from './file-scope.ts';
import { chunkOf } from './history.rules.ts';
import { accountHash, accountText, ownerOf, statementLeaves } from './texts.rules.ts';

/** That one entry is in a closed cycle: its text, and the way from its hash to that of the cycle. */
export interface EntryProof {
  readonly cycle: Cycle;
  readonly text: string;
  readonly path: readonly ProofStep[];
}

/** Proves one entry without the rest; undefined while its cycle is open, and of a wallet, whose entries are not sealed. */
export async function proveEntry(db: Db, coalition: Coalition, accountId: bigint, version: bigint): Promise<EntryProof | undefined> {
  const no = await readCycleOf(db, accountId, version);
  const [cycle] = no === undefined ? [] : await readCyclesByNo(db, [no]);
  if (cycle === undefined) return undefined;
  const chunks = await readCountedChunks(db, cycle.no, [accountId]);
  const at = chunks.findIndex(({ chunk }) => chunk === chunkOf(version));
  const entries = await readChunkEntries(db, cycle.no, accountId, chunkOf(version));
  const place = entries.findIndex((entry) => entry.version === version);
  const scope = await readFileScope(db, coalition, cycle, undefined);
  const root = scope.accounts.find((account) => account.accountId === accountId);
  const text = entries[place]?.text;
  if (root === undefined || text === undefined || at < 0) return undefined;
  const inAccount = [
    ...merklePath(
      entries.map(({ hash }) => hash),
      place,
    ),
    ...merklePath(chunks.map(chunkRoot), at),
    { side: 'LEFT' as const, hash: leafHash(accountText(coalition, root)) },
  ];
  return { cycle, text, path: [...inAccount, ...pathOf(scope, accountHash(coalition, root), ownerOf(root))] };
}

/** The way from an account to the hash of the cycle: through the statement of its owner, if it has one. */
function pathOf({ coalition, statements, accounts, leaves }: FileScope, account: Buffer, owner: string | null): ProofStep[] {
  const placeIn = (hashes: readonly Buffer[], hash: Buffer) => hashes.findIndex((one) => one.equals(hash));
  const statement = statements.find(({ partnerId }) => partnerId === owner);
  if (statement === undefined) return merklePath(leaves, placeIn(leaves, account));
  const own = statementLeaves(coalition, statement, statement.lines, accounts);
  const hash = Buffer.from(statement.hash, 'hex');
  return [...merklePath(own, placeIn(own, account)), ...merklePath(leaves, placeIn(leaves, hash))];
}
