import { CHUNK } from '../../kernel/merkle.ts';
import type { Db, Tx } from '../../platform/database.ts';
import { CYCLE } from '../lines/cycle-entries.ts';
import { ENTRY_HASH, SEALED } from './entry-text.ts';

/** An account whose entries are sealed, as it is named in hashes. */
export interface SealedAccount {
  readonly accountId: bigint;
  readonly kind: string;
  readonly owner: string | null;
  readonly unit: number;
  readonly topic: number | null;
}

/** What of a chunk counts in a cycle: all of it, by its seal, or the hashes of some of its entries. */
export interface CountedChunk extends SealedAccount {
  readonly chunk: bigint;
  readonly root: Buffer | null;
  readonly hashes: Buffer | null;
  readonly entries: number;
}

/**
 * The chunks of a closed cycle, account by account in their order. A chunk whose entries all count is its seal; the first and the last chunk of
 * an account, and those that a backdated cutoff runs through, are read. All accounts unless some are named.
 */
export function readCountedChunks(db: Db, cycleNo: number, accountIds: readonly bigint[] | null): Promise<CountedChunk[]> {
  return db.rows<CountedChunk>(
    `select a.id as "accountId", a.kind::text as kind, a.owner, a.unit, a.topic, g.chunk, s.root, h.hashes, coalesce(h.entries, ${CHUNK})::integer as entries
     from ${CYCLE}
     cross join lateral (
       select a.*, ledger.version_before_cycle(a.id, c.no) + 1 as since, ledger.version_at_close(a.id, c.no) as until
       from ledger.accounts a where ${SEALED} and ($2::bigint[] is null or a.id = any($2::bigint[])) and a.version > 0 offset 0
     ) a
     cross join lateral generate_series((a.since - 1) / ${CHUNK}, (a.until - 1) / ${CHUNK}) as g (chunk)
     left join settlement.seals s on s.account_id = a.id and s.chunk = g.chunk
       and s.cycle_to <= c.no and (s.cycle_from = c.no or s.earliest >= c.starts_at) and s.latest < c.cutoff
     left join lateral (
       select string_agg(${ENTRY_HASH}, ''::bytea order by e.version) as hashes, count(*) as entries
       from ledger.entries e join ledger.postings p on p.id = e.posting_id
       where s.root is null and e.account_id = a.id
         and e.version > g.chunk * ${CHUNK} and e.version <= (g.chunk + 1) * ${CHUNK} and e.version between a.since and a.until
         and ledger.counts_in(p.cycle, p.occurred_at, c.no, c.starts_at, c.cutoff, false)
     ) h on s.root is null
     where a.until >= a.since and (s.root is not null or h.entries > 0)
     order by a.id, g.chunk`,
    [cycleNo, accountIds],
  );
}

/** The end of an account in a cycle: the hashes of its entries from a version on. */
export interface Tail {
  readonly accountId: bigint;
  readonly from: bigint;
  readonly hashes: Buffer;
}

/** The last chunk of every account at the end of a cycle, as far as it begins in the cycle. */
export function readTails(db: Db, cycleNo: number): Promise<Tail[]> {
  return db.rows<Tail>(
    `select a.id as "accountId", a.first as "from", h.hashes
     from ${CYCLE}
     cross join lateral (
       select b.id, b.until, greatest(b.since, (b.until - 1) / ${CHUNK} * ${CHUNK} + 1) as first
       from (
         select a.id, ledger.version_before_cycle(a.id, c.no) + 1 as since, ledger.version_at_close(a.id, c.no) as until
         from ledger.accounts a where ${SEALED} and a.version > 0 offset 0
       ) b
       where b.until >= b.since offset 0
     ) a
     cross join lateral (
       select string_agg(${ENTRY_HASH}, ''::bytea order by e.version) as hashes
       from ledger.entries e join ledger.postings p on p.id = e.posting_id
       where e.account_id = a.id and e.version between a.first and a.until
     ) h`,
    [cycleNo],
  );
}

/** What an account contributes to the hashes of a cycle. */
export interface AccountRoot extends SealedAccount {
  readonly entries: bigint;
  readonly root: Buffer;
  /** From which version on the last chunk was read when the cycle was closed, and the marks of its entries from there. */
  readonly tailFrom: bigint;
  readonly tailMarks: Buffer;
}

export async function insertAccountRoots(tx: Tx, cycleNo: number, roots: readonly AccountRoot[]): Promise<void> {
  await tx.rows(
    `insert into settlement.account_roots (cycle_no, account_id, entries, root, tail_from, tail_marks)
     select $1, r.* from unnest($2::bigint[], $3::bigint[], $4::bytea[], $5::bigint[], $6::bytea[]) as r`,
    [
      cycleNo,
      roots.map(({ accountId }) => accountId),
      roots.map(({ entries }) => entries),
      roots.map(({ root }) => root),
      roots.map(({ tailFrom }) => tailFrom),
      roots.map(({ tailMarks }) => tailMarks),
    ],
  );
}

const KEPT = `select r.cycle_no as "cycleNo", a.id as "accountId", a.kind::text as kind, a.owner, a.unit, a.topic, r.entries, r.root,
    r.tail_from as "tailFrom", r.tail_marks as "tailMarks"
  from settlement.account_roots r join ledger.accounts a on a.id = r.account_id`;

/** The roots that were kept when a cycle was closed, by account. */
export function readAccountRoots(db: Db, cycleNo: number): Promise<AccountRoot[]> {
  return db.rows<AccountRoot>(`${KEPT} where r.cycle_no = $1 order by a.id`, [cycleNo]);
}

/** The roots that were kept of one account, by cycle. */
export function readRootsOfAccount(db: Db, accountId: bigint): Promise<(AccountRoot & { cycleNo: number })[]> {
  return db.rows(`${KEPT} where r.account_id = $1 order by r.cycle_no`, [accountId]);
}
