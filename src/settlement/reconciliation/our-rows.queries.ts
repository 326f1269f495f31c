import { isOfPosting } from '../../ledger/entries-of-posting.ts';
import type { Tx } from '../../platform/database.ts';
import type { RowKind } from './reconciliation.ts';

/** Whose rows of which days are compared. */
export interface OurScope {
  readonly runId: string;
  readonly partnerId: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly kinds: readonly RowKind[];
  readonly timeZone: string;
}

/** What a posting changed in wallets: lookups by key, so that nothing is joined that grows with the book. */
const IN_WALLETS = `(select sum(e.available + coalesce((e.aside).pending, 0)) from ledger.entries e
   where ${isOfPosting('e', 'p.id')} and (select c.kind from ledger.accounts c where c.id = e.account_id) = 'WALLET')`;

const SOURCES: Readonly<Record<RowKind, string>> = {
  ACCRUAL: `select 'accrual ' || a.id as source, 'ACCRUAL' as kind, a.external_id as key, a.occurred_at, a.member_id, a.currency_no, a.points as amount
    from exchange.accruals a where a.partner_id = $1 and a.status <> 'CANCELLED'`,
  REVERSAL: `select 'posting ' || p.id, 'REVERSAL', a.external_id, p.occurred_at, a.member_id, a.currency_no, ${IN_WALLETS}
    from ledger.postings p join exchange.accruals a on a.id = p.reference
    where p.code in ('accrual.reversed', 'accrual.pending_reversed')
      and p.reference = any (array(select id from exchange.accruals where partner_id = $1 and reversed_points > 0))`,
  REDEMPTION: `select 'redemption ' || r.id, 'REDEMPTION', r.order_external_id, r.captured_at, r.member_id, r.currency_no, r.captured_points
    from exchange.redemptions r where r.partner_id = $1 and r.captured_points > 0`,
  REFUND: `select 'posting ' || p.id, 'REFUND', r.order_external_id, p.occurred_at, r.member_id, r.currency_no, -${IN_WALLETS}
    from ledger.postings p join exchange.redemptions r on r.id = p.reference
    where p.code = 'redemption.refunded'
      and p.reference = any (array(select id from exchange.redemptions where partner_id = $1 and refunded_points > 0))`,
  SALE: `select 'sale ' || s.id, 'SALE', s.external_id, s.occurred_at, s.member_id, 0::smallint, s.net_minor
    from exchange.sales s where s.partner_id = $1`,
};

/**
 * Lists what the partner did here in the days that are compared, and on other days where the file names the key. What another file has
 * claimed is not offered again.
 */
export async function loadOurRows(tx: Tx, { partnerId, startsAt, endsAt, kinds, timeZone }: OurScope): Promise<void> {
  await tx.rows(
    `insert into our_left (no, source, kind, key, occurred_at, day, member_id, currency_no, amount)
     select row_number() over (order by o.kind, o.occurred_at, o.key, o.amount, o.source), o.source, o.kind, o.key, o.occurred_at,
       (o.occurred_at at time zone $4)::date, o.member_id, o.currency_no, o.amount
     from (${kinds.map((kind) => SOURCES[kind]).join('\n union all ')}) as o (source, kind, key, occurred_at, member_id, currency_no, amount)
     left join (select distinct kind, key from their_left) t on t.kind = o.kind and t.key = o.key
     where (t.key is not null or (o.occurred_at >= $2 and o.occurred_at < $3))
       and not exists (select from settlement.our_rows c where c.source = o.source and c.match_no is not null)`,
    [partnerId, startsAt.toISOString(), endsAt.toISOString(), timeZone],
  );
}

/** What is of other days and was not found by its key is not looked at further. */
export async function dropOtherDays(tx: Tx, { startsAt, endsAt }: OurScope): Promise<void> {
  await tx.rows('delete from our_left where not (occurred_at >= $1 and occurred_at < $2)', [startsAt.toISOString(), endsAt.toISOString()]);
}
