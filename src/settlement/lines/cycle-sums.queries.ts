import type { Db } from '../../platform/database.ts';
import type { IssuerValue, MemberValue, PartnerCount, SaleSum } from './cycle-facts.ts';

/** Sales that were reported in the open cycle, by partner and by the partner through which the member had enrolled. */
export function readSaleSums(db: Db): Promise<SaleSum[]> {
  return db.rows<SaleSum>(
    `select s.partner_id as "partnerId", s.home_partner_id as "homePartnerId", sum(s.gross_minor)::bigint as "grossMinor",
       sum(s.net_minor)::bigint as "netMinor", count(*) as sales
     from exchange.sales s
     where s.cycle_no = (select no from ledger.cycles where status = 'OPEN')
     group by s.partner_id, s.home_partner_id`,
  );
}

/** The entries of partners' money in the open cycle, with their postings. */
const MONEY_ENTRIES = `ledger.cycles c
     join ledger.accounts a on a.kind = 'PARTNER' and a.unit = 0 and a.owner = any($1::uuid[])
     join ledger.entries e on e.account_id = a.id and e.version > ledger.version_before_open_cycle(a.id) and e.available <> 0
     join ledger.postings p on p.id = e.posting_id and p.cycle = c.no`;

/**
 * What partners were reimbursed for members' points, and what they paid for them, by the partner through which the member enrolled.
 * What an issuer pays when points are burned is posted apart: its member is that of the posting with the same reference.
 */
export function readMemberValues(db: Db, partnerIds: readonly string[]): Promise<MemberValue[]> {
  return db.rows<MemberValue>(
    `select a.owner as "partnerId", p.code in ('redemption.captured', 'redemption.refunded', 'exchange.redeemed') as reimbursed,
       m.home_partner as "homePartnerId", sum(e.available)::bigint as micros
     from ${MONEY_ENTRIES}
     left join lateral (
       select w.owner from ledger.postings q
       join ledger.entries x on x.posting_id = q.id
       join ledger.accounts w on w.id = x.account_id and w.kind = 'WALLET'
       where q.reference = p.reference limit 1
     ) wallet on true
     left join members.members m on m.id = wallet.owner
     where c.status = 'OPEN' and p.code not in ('lot.bought_back', 'lot.converted', 'deposit.paid', 'deposit.returned')
     group by 1, 2, 3`,
    [partnerIds],
  );
}

/**
 * What partners were reimbursed for points, by who issued them. A redemption keeps the rate of each lot, and the book how much of each lot
 * was burned or came back.
 */
export function readIssuerValues(db: Db, partnerIds: readonly string[]): Promise<IssuerValue[]> {
  return db.rows<IssuerValue>(
    `select a.owner as "partnerId", part.issuer as "issuerId", sum(part.micros)::bigint as micros
     from ${MONEY_ENTRIES}
     cross join lateral (
       select l.issuer, e.available as micros
       from ledger.lots l where p.code = 'exchange.redeemed' and l.posting_id = p.id and l.origin = 'EXCHANGE'
       union all
       select (taken ->> 'issuer')::uuid, moved.points * (taken ->> 'reimbursement')::bigint
       from exchange.redemptions r
       cross join lateral jsonb_array_elements(r.allocations) as taken
       cross join lateral (
         select -(u.available + u.held) as points from ledger.lot_uses u where u.posting_id = p.id and u.lot_id = (taken ->> 'lot')::uuid
         union all
         select -l.initial from ledger.lots l where l.posting_id = p.id and l.origin <> 'ACCRUAL' and l.parent = (taken ->> 'lot')::uuid
       ) moved
       where p.code in ('redemption.captured', 'redemption.refunded') and r.id = p.reference
     ) part
     where c.status = 'OPEN'
     group by 1, 2`,
    [partnerIds],
  );
}

/** The entries in which partners give or take points in the open cycle, with their postings. */
const POINT_ENTRIES = `ledger.cycles c
       join ledger.accounts a on a.kind in ('ISSUANCE', 'JOINT', 'REDEEMED') and a.unit <> 0
       join ledger.entries e on e.account_id = a.id and e.version > ledger.version_before_open_cycle(a.id)
       join ledger.postings p on p.id = e.posting_id and p.cycle = c.no and p.partner = any($1::uuid[])`;

/** How many members earned, burned or bought at partners in the open cycle. */
export function readActiveMembers(db: Db, partnerIds: readonly string[]): Promise<PartnerCount[]> {
  return db.rows<PartnerCount>(
    `select active.partner as "partnerId", count(distinct active.member) as count
     from (
       select p.partner, wallet.owner as member
       from ${POINT_ENTRIES}
       cross join lateral (
         select w.owner from ledger.entries x join ledger.accounts w on w.id = x.account_id and w.kind = 'WALLET'
         where x.posting_id = p.id limit 1
       ) wallet
       where c.status = 'OPEN' and p.code in ('accrual.confirmed', 'accrual.pending_confirmed', 'redemption.captured', 'exchange.redeemed')
       union all
       select s.partner_id, s.member_id from exchange.sales s
       where s.cycle_no = (select no from ledger.cycles where status = 'OPEN') and s.partner_id = any($1::uuid[])
     ) active
     group by active.partner`,
    [partnerIds],
  );
}

/** A partner and how many hours after a purchase its report is late. */
export interface ReportingTime {
  readonly partnerId: string;
  readonly hours: number;
}

/** How many purchases and sales partners reported late in the open cycle: more hours after them than agreed. */
export function readLateReports(db: Db, times: readonly ReportingTime[]): Promise<PartnerCount[]> {
  return db.rows<PartnerCount>(
    `select report.partner as "partnerId", count(*) as count
     from (
       select p.partner, p.recorded_at - p.occurred_at as took
       from ${POINT_ENTRIES}
       where c.status = 'OPEN' and p.code in ('accrual.pending', 'accrual.confirmed')
       union all
       select s.partner_id, s.recorded_at - s.occurred_at from exchange.sales s
       where s.cycle_no = (select no from ledger.cycles where status = 'OPEN') and s.partner_id = any($1::uuid[])
     ) report
     join unnest($1::uuid[], $2::integer[]) as agreed (partner, hours) on agreed.partner = report.partner
     where report.took > make_interval(hours => agreed.hours)
     group by report.partner`,
    [times.map(({ partnerId }) => partnerId), times.map(({ hours }) => hours)],
  );
}
