import { CHUNK } from '../../kernel/merkle.ts';
import type { Db, Tx } from '../../platform/database.ts';
import { ENTRY_HASH, SEALED } from './entry-text.ts';

/** The hashes of the entries of one complete chunk, one after the other, and what its seal says of them. */
export interface CompleteChunk {
  readonly accountId: bigint;
  readonly chunk: bigint;
  readonly hashes: Buffer;
  readonly cycleFrom: number;
  readonly cycleTo: number;
  readonly earliest: Date;
  readonly latest: Date;
}

/** Complete chunks that are not sealed yet, at most so many, account by account in the order of their versions. */
export function readUnsealed(db: Db, limit: number): Promise<CompleteChunk[]> {
  return db.rows<CompleteChunk>(
    `with due as materialized (
       select a.id, g.chunk
       from (
         select a.id, a.version / ${CHUNK} as complete,
           coalesce((select s.chunk + 1 from settlement.seals s where s.account_id = a.id order by s.chunk desc limit 1), 0) as next
         from ledger.accounts a where ${SEALED} and a.version >= ${CHUNK} offset 0
       ) a
       cross join lateral generate_series(a.next, least(a.complete, a.next + $1) - 1) as g (chunk)
       limit $1
     )
     select d.id as "accountId", d.chunk, h.*
     from due d
     cross join lateral (
       select string_agg(${ENTRY_HASH}, ''::bytea order by e.version) as hashes, min(p.cycle) as "cycleFrom", max(p.cycle) as "cycleTo",
         min(p.occurred_at) as earliest, max(p.occurred_at) as latest
       from ledger.entries e join ledger.postings p on p.id = e.posting_id
       where e.account_id = d.id and e.version > d.chunk * ${CHUNK} and e.version <= (d.chunk + 1) * ${CHUNK}
     ) h`,
    [limit],
  );
}

/** What is kept of a sealed chunk. */
export interface Seal extends Omit<CompleteChunk, 'hashes'> {
  readonly root: Buffer;
  readonly marks: Buffer;
}

export async function insertSeals(tx: Tx, seals: readonly Seal[]): Promise<void> {
  await tx.rows(
    `insert into settlement.seals (account_id, chunk, root, marks, cycle_from, cycle_to, earliest, latest)
     select * from unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[], $5::integer[], $6::integer[], $7::timestamptz[], $8::timestamptz[])`,
    [
      seals.map(({ accountId }) => accountId),
      seals.map(({ chunk }) => chunk),
      seals.map(({ root }) => root),
      seals.map(({ marks }) => marks),
      seals.map(({ cycleFrom }) => cycleFrom),
      seals.map(({ cycleTo }) => cycleTo),
      seals.map(({ earliest }) => earliest),
      seals.map(({ latest }) => latest),
    ],
  );
}
