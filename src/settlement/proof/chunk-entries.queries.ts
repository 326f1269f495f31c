import { CHUNK } from '../../kernel/merkle.ts';
import type { Db } from '../../platform/database.ts';
import { CYCLE } from '../lines/cycle-entries.ts';
import { ENTRY_HASH, ENTRY_TEXT } from './entry-text.ts';

/** An entry of a chunk by its text and hash. */
export interface ChunkEntry {
  readonly version: bigint;
  readonly text: string;
  readonly hash: Buffer;
}

/** The entries of one chunk of an account that count in a closed cycle. */
export function readChunkEntries(db: Db, cycleNo: number, accountId: bigint, chunk: bigint): Promise<ChunkEntry[]> {
  return db.rows<ChunkEntry>(
    `select e.version, ${ENTRY_TEXT} as text, ${ENTRY_HASH} as hash
     from ${CYCLE}
     join ledger.entries e on e.account_id = $2 and e.version > $3::bigint * ${CHUNK} and e.version <= ($3::bigint + 1) * ${CHUNK}
     join ledger.postings p on p.id = e.posting_id and ledger.counts_in(p.cycle, p.occurred_at, c.no, c.starts_at, c.cutoff, false)
     order by e.version`,
    [cycleNo, accountId, chunk],
  );
}

/** The number of the cycle in which an entry counts; undefined while that is open. */
export async function readCycleOf(db: Db, accountId: bigint, version: bigint): Promise<number | undefined> {
  const [row] = await db.rows<{ no: number; isClosed: boolean }>(
    `select c.no, c.status not in ('OPEN', 'CLOSING') as "isClosed"
     from ledger.entries e
     join ledger.postings p on p.id = e.posting_id
     join ledger.cycles c on c.no >= p.cycle and (c.status = 'OPEN' or p.occurred_at < c.cutoff)
     where e.account_id = $1 and e.version = $2
     order by c.no limit 1`,
    [accountId, version],
  );
  return row?.isClosed === true ? row.no : undefined;
}
