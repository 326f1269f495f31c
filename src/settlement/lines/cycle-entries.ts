import { isOfPosting } from '../../ledger/entries-of-posting.ts';

/**
 * Parts of statements that read the entries of a cycle, whose number is $1: in an order of accounts and versions, by keys alone, whatever is
 * known of how many there are. $2 and $3 are accounts and the versions up to which they are known; $4, unless null, an instant: what was
 * recorded from then on is left for later.
 */
export const CYCLE = '(select c.* from ledger.cycles c where c.no = $1::integer) c';

/** Accounts, `a`, that went on since they were known: their entries of the cycle have versions above `since`, up to `until`. */
export const accountsOf = (which: string): string => `(
       select a.*, coalesce(k.version, ledger.version_before_cycle(a.id, c.no)) as since,
         case
           when $4::timestamptz is not null then (select b.version from ledger.balance_at(a.id, $4::timestamptz - interval '1 millisecond') b)
           when c.status = 'OPEN' then a.version
           else ledger.version_at_close(a.id, c.no)
         end as until
       from ledger.accounts a left join unnest($2::bigint[], $3::bigint[]) as k (account_id, version) on k.account_id = a.id
       where ${which} and a.version > coalesce(k.version, -1)
       offset 0
     ) a`;

/** Whether what occurred and was recorded counts in the cycle. */
const counts = (recordedIn: string, occurredAt: string): string =>
  `ledger.counts_in(${recordedIn}, ${occurredAt}, c.no, c.starts_at, c.cutoff, c.status = 'OPEN')`;

/** Closing and paying move money that earlier lines have said already; adjustments are read with what they correct. */
const NOT_DRAWN = "('cycle.cleared', 'settlement.paid', 'adjustment.posted')";

/** The entries of such an account in the cycle, `e`, with their postings, `p`. */
export const ENTRIES = `(
         select e.posting_id, e.available from ledger.entries e where e.account_id = a.id and e.version > a.since and e.version <= a.until offset 0
       ) e
       cross join lateral (
         select p.* from ledger.postings p
         where p.id = e.posting_id and ${counts('p.cycle', 'p.occurred_at')} and p.code not in ${NOT_DRAWN} offset 0
       ) p`;

/** Which one currency each partner issues, for `CURRENCY_NO`; null where there are several. */
export const ISSUED = `issued as materialized (
       select owner, case when count(*) = 1 then min(unit) end as unit from ledger.accounts where kind = 'ISSUANCE' group by owner
     )`;

/**
 * The point currency of what an account took part in by a posting. Of what a partner or the operator took part in it is the one whose points
 * left or entered the wallet, or whose pool or block was paid; an issuer of one currency earns that one, which need not be looked up.
 */
export const CURRENCY_NO = `case
             when a.kind = 'JOINT' and a.unit = 0 then coalesce((select i.unit from issued i where i.owner = p.partner), a.topic)
             when a.kind in ('PARTNER', 'OPERATOR') and a.topic is null
               and p.code not in ('redemption.captured', 'redemption.refunded', 'exchange.redeemed') then coalesce(
               case when p.code <= 'accrual.reversed' then (
                 select i.unit from issued i where i.owner = case when a.kind = 'PARTNER' then a.owner else p.partner end
               ) end,
               (
                 select case when x.kind = 'WALLET' then x.unit else x.topic end from ledger.entries w
                 join ledger.accounts x on x.id = w.account_id and x.kind in ('WALLET', 'POOL', 'PREPAID')
                 where ${isOfPosting('w', 'p.id')} order by x.kind, w.available limit 1
               )
             )
           end`;

/** The reported sales of the cycle, `s`. A backdated close leaves those to the next cycle that occurred after it. */
export const SALES = `(
       select s.* from exchange.sales s where s.cycle_no = c.no and (c.status = 'OPEN' or s.occurred_at < c.cutoff)
       union all
       select s.* from exchange.sales s where s.cycle_no < c.no and s.occurred_at >= c.starts_at and (c.status = 'OPEN' or s.occurred_at < c.cutoff)
     ) s`;
