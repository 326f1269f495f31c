import type { PageSlice } from '../../kernel/cursor.ts';
import type { Db } from '../../platform/database.ts';
import { ENTRY_COLUMNS } from '../entries/entries.queries.ts';
import type { LedgerEntry } from '../entries/ledger-entry.ts';
import { CURRENCY_NO, CYCLE, ISSUED } from '../lines/cycle-entries.ts';
import { ENTRY_HASH, ENTRY_TEXT } from '../proof/entry-text.ts';
import { type LineSource, NO_CURRENCY } from './line-source.rules.ts';

/** An entry with the text that it is hashed by. */
export interface ProvenEntry extends LedgerEntry {
  readonly text: string;
  readonly hash: Buffer;
}

/**
 * One page of the entries of a cycle behind a line, by account and version, with one more where there are more. From the place of the cursor
 * or version on, entries and postings are looked up by their keys, so that a page costs what lies between its ends, whatever the length of the list.
 */
export function readLineEntries(
  db: Db,
  cycleNo: number,
  source: LineSource,
  { size, after, before, backwards }: PageSlice,
  fromVersion = 0n,
): Promise<ProvenEntry[]> {
  const order = backwards ? 'desc' : 'asc';
  return db.rows<ProvenEntry>(
    `with ${ISSUED}
     select found.*
     from ${CYCLE}
     cross join lateral (
       select a.*, ledger.version_before_cycle(a.id, c.no) as since,
         case when c.status = 'OPEN' then a.version else ledger.version_at_close(a.id, c.no) end as until
       from ledger.accounts a
       where a.kind = $2::ledger.account_kind and a.owner is not distinct from $3::uuid and a.unit = $4
         and (a.topic is not distinct from $5::smallint or ($5::smallint is null and a.kind = 'JOINT'))
         and a.id >= coalesce($10::bigint, 0) and a.id <= coalesce($12::bigint, a.id)
       offset 0
     ) a
     cross join lateral (
       select ${ENTRY_COLUMNS}, ${ENTRY_TEXT} as text, ${ENTRY_HASH} as hash
       from (
         select e.* from ledger.entries e
         where e.account_id = a.id and e.version > greatest(a.since, $15::bigint, case when a.id = $10::bigint then $11::bigint end)
           and e.version <= a.until and e.version < coalesce(case when a.id = $12::bigint then $13::bigint end, a.until + 1)
         order by e.version ${order} offset 0
       ) e
       cross join lateral (
         select p.* from ledger.postings p
         where p.id = e.posting_id and ledger.counts_in(p.cycle, p.occurred_at, c.no, c.starts_at, c.cutoff, c.status = 'OPEN') offset 0
       ) p
       where e.available <> 0
         and case when $9::uuid is not null then p.reference = $9::uuid and p.code = 'adjustment.posted'
           else p.code not in ('cycle.cleared', 'settlement.paid', 'adjustment.posted') end
         and ($6::text[] is null or p.code::text = any($6::text[])) and ($7::text[] is null or p.code::text <> all($7::text[]))
         and ($8::smallint is null or coalesce(${CURRENCY_NO}, ${NO_CURRENCY}) = $8::smallint)
       order by e.version ${order}
       limit $14
     ) found
     order by found."accountId" ${order}, found.version ${order}
     limit $14`,
    [
      cycleNo,
      source.kind,
      source.owner,
      source.unit,
      source.topic,
      source.only ?? null,
      source.but ?? null,
      source.currencyNo ?? null,
      source.reference ?? null,
      after?.[0] ?? null,
      after?.[1] ?? null,
      before?.[0] ?? null,
      before?.[1] ?? null,
      size + 1,
      fromVersion,
    ],
  );
}

/** A reported sale behind a share of sales: nothing that tells who bought. */
export interface SaleFigure {
  readonly id: string;
  readonly occurredAt: Date;
  readonly grossMinor: bigint;
  readonly netMinor: bigint;
}

/** One page of the sales of a cycle that a partner reported for members of a home partner, by id, with one more where there are more. */
export function readLineSales(
  db: Db,
  cycleNo: number,
  payerId: string,
  payeeId: string | null,
  { size, after, before, backwards }: PageSlice,
): Promise<SaleFigure[]> {
  const order = backwards ? 'desc' : 'asc';
  return db.rows<SaleFigure>(
    `select s.id, s.occurred_at as "occurredAt", s.gross_minor as "grossMinor", s.net_minor as "netMinor"
     from ${CYCLE}
     join exchange.sales s on s.partner_id = $2 and ($3::uuid is null or s.home_partner_id = $3::uuid)
       and ledger.counts_in(s.cycle_no, s.occurred_at, c.no, c.starts_at, c.cutoff, c.status = 'OPEN')
     where s.id > coalesce($4::uuid, '00000000-0000-0000-0000-000000000000') and ($5::uuid is null or s.id < $5::uuid)
     order by s.id ${order}
     limit $6`,
    [cycleNo, payerId, payeeId, after?.[0] ?? null, before?.[0] ?? null, size + 1],
  );
}
