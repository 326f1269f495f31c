import type { PostingCode } from '../../ledger/posting.ts';
import type { Db } from '../../platform/database.ts';
import type { Cycle } from '../cycles/cycle.ts';

/** What one kind of posting did to the outstanding points of an issuer in one currency: + more are outstanding. */
export interface OutstandingChange {
  readonly issuerId: string;
  readonly currencyNo: number;
  /** Null: everything before the cycle. */
  readonly code: PostingCode | null;
  /** OPENED: points that entered a wallet as a new lot. OWN: taken in the same posting from the lot that it opened. OTHER: of lots that were there. */
  readonly way: 'OPENED' | 'OWN' | 'OTHER';
  readonly points: bigint;
  /** The points at the redemption element of each when it was issued, and the part of that which the pool has. */
  readonly liabilityMicros: bigint;
  readonly poolMicros: bigint;
}

/**
 * What changed outstanding points of every issuer in a closed cycle and before it, from the lots and what was done to them: each lot keeps its
 * issuer and price, so no rate is looked up. Holding points and handing them to another member change nothing of it.
 */
export function readOutstandingChanges(db: Db, { no }: Cycle): Promise<OutstandingChange[]> {
  return db.rows<OutstandingChange>(
    `select x.issuer as "issuerId", a.unit as "currencyNo", when_it.code, x.way,
       sum(x.points)::bigint as points, sum(x.points * x.redemption_micros)::bigint as "liabilityMicros",
       sum(x.points * x.funded_micros)::bigint as "poolMicros"
     from ledger.cycles c
     join (
       select l.posting_id, l.account_id, l.issuer, l.redemption_micros, l.funded_micros, l.initial as points, 'OPENED' as way from ledger.lots l
       union all
       select u.posting_id, l.account_id, l.issuer, l.redemption_micros, l.funded_micros, u.available + u.held,
         case when u.posting_id = l.posting_id then 'OWN' else 'OTHER' end
       from ledger.lot_uses u join ledger.lots l on l.id = u.lot_id
       where u.available + u.held <> 0
     ) x on true
     join ledger.postings p on p.id = x.posting_id and p.cycle <= c.no and p.occurred_at < c.cutoff
     join ledger.accounts a on a.id = x.account_id
     cross join lateral (
       select case when ledger.counts_in(p.cycle, p.occurred_at, c.no, c.starts_at, c.cutoff, false) then p.code::text end as code
     ) when_it
     where c.no = $1 and p.code <> 'transfer.completed'
     group by x.issuer, a.unit, when_it.code, x.way`,
    [no],
  );
}
