import type { PostingCode } from '../../ledger/posting.ts';
import type { Db } from '../../platform/database.ts';
import { CURRENCY_NO, CYCLE, ISSUED } from '../lines/cycle-entries.ts';
import { ENTRY_HASH, ENTRY_TEXT } from './entry-text.ts';

/** An entry of an account in a cycle, with what says which lines it is behind. */
export interface FileEntry {
  readonly version: bigint;
  readonly text: string;
  readonly hash: Buffer;
  readonly code: PostingCode;
  readonly reference: string;
  readonly currencyNo: number | null;
}

/** The entries of one account that count in a closed cycle, behind a version, at most so many. */
export function readFileEntries(db: Db, cycleNo: number, accountId: bigint, after: bigint, limit: number): Promise<FileEntry[]> {
  return db.rows<FileEntry>(
    `with ${ISSUED}
     select e.version, ${ENTRY_TEXT} as text, ${ENTRY_HASH} as hash, p.code::text as code, p.reference,
       case when a.kind = 'PARTNER' or p.code = 'lot.expired' then ${CURRENCY_NO} end as "currencyNo"
     from ${CYCLE}
     cross join lateral (
       select a.*, ledger.version_before_cycle(a.id, c.no) as since, ledger.version_at_close(a.id, c.no) as until
       from ledger.accounts a where a.id = $2 offset 0
     ) a
     cross join lateral (
       select e.* from ledger.entries e
       where e.account_id = a.id and e.version > greatest(a.since, $3::bigint) and e.version <= a.until
       order by e.version offset 0
     ) e
     cross join lateral (
       select p.* from ledger.postings p
       where p.id = e.posting_id and ledger.counts_in(p.cycle, p.occurred_at, c.no, c.starts_at, c.cutoff, false) offset 0
     ) p
     order by e.version
     limit $4`,
    [cycleNo, accountId, after, limit],
  );
}
