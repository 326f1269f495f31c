import { isOfPosting } from '../../ledger/entries-of-posting.ts';
import type { PostingCode } from '../../ledger/posting.ts';
import type { Db } from '../../platform/database.ts';
import type { Cycle } from '../cycles/cycle.ts';

/** Ids of postings from one, included, to another, excluded: all that may count in a cycle. */
export interface PostingRange {
  readonly from: bigint;
  readonly to: bigint;
}

/** One leg of a money posting. */
export interface JournalEntry {
  readonly postingId: bigint;
  readonly code: PostingCode;
  readonly reference: string;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
  readonly accountKind: string;
  readonly owner: string | null;
  readonly unit: number;
  readonly topic: number | null;
  readonly micros: bigint;
}

/**
 * The postings among which those of a closed cycle are. Numbers of cycles grow along ids, since both are given under the lock that closing
 * waits for; so the ends are found by halving. A cycle that was closed as of an earlier instant left some of its postings to this one.
 */
export async function readPostingRange(db: Db, cycle: Cycle): Promise<PostingRange> {
  const [found] = await db.rows<{ first: number; last: bigint }>(
    `select coalesce((select min(c.no) from ledger.cycles c where c.no < $1 and c.closed_at > $2::timestamptz), $1::integer) as first,
       coalesce((select max(p.id) from ledger.postings p), 0) + 1 as last`,
    [cycle.no, cycle.startsAt.toISOString()],
  );
  const { first, last } = found ?? { first: cycle.no, last: 1n };
  return { from: await firstOf(db, first, last), to: await firstOf(db, cycle.no + 1, last) };
}

/** The first id from which on postings were recorded in a cycle or a later one. */
async function firstOf(db: Db, cycleNo: number, end: bigint): Promise<bigint> {
  let [low, high] = [1n, end];
  while (low < high) {
    const middle = (low + high) / 2n;
    const [next] = await db.rows<{ id: bigint; cycle: number }>(
      'select id, cycle from ledger.postings where id >= $1 order by id limit 1',
      [middle],
    );
    if (next === undefined || next.cycle >= cycleNo) high = middle;
    else low = next.id + 1n;
  }
  return low;
}

/**
 * The legs in money of those postings of a range that count in a cycle, in the order of postings. The planner may not begin with the accounts:
 * money is on few of them, which have nearly all entries.
 */
export function readJournal(db: Db, cycle: Cycle, { from, to }: PostingRange): Promise<JournalEntry[]> {
  return db.rows<JournalEntry>(
    `select p.id as "postingId", p.code::text as code, p.reference, p.occurred_at as "occurredAt", p.recorded_at as "recordedAt",
       a.kind::text as "accountKind", a.owner, a.unit, a.topic, e.available as micros
     from ledger.cycles c
     join ledger.postings p on p.id >= $2 and p.id < $3
     cross join lateral (select o.account_id, o.available from ledger.entries o where ${isOfPosting('o', 'p.id')} and o.available <> 0 offset 0) e
     join ledger.accounts a on a.id = e.account_id and a.unit = 0
     where c.no = $1 and ledger.counts_in(p.cycle, p.occurred_at, c.no, c.starts_at, c.cutoff, c.status = 'OPEN')
     order by p.id, e.available, a.id`,
    [cycle.no, from, to],
  );
}
