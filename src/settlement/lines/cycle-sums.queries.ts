import { isFoundByReference, isOfPosting } from '../../ledger/entries-of-posting.ts';
import type { Db } from '../../platform/database.ts';
import type { Cycle } from '../cycles/cycle.ts';
import { accountsOf, CYCLE, ENTRIES, SALES } from './cycle-entries.ts';
import type { IssuerValue, MemberValue, PartnerCount, PrepaidPoints, SaleSum } from './cycle-facts.ts';
import { type Found, type Known, readOn, type Sums } from './remembered-sums.ts';

/** Sales of a cycle, by partner and by the partner through which the member had enrolled. */
export function readSaleSums(db: Db, cycle: Cycle): Promise<SaleSum[]> {
  return db.rows<SaleSum>(
    `select s.partner_id as "partnerId", s.home_partner_id as "homePartnerId", sum(s.gross_minor)::bigint as "grossMinor",
       sum(s.net_minor)::bigint as "netMinor", count(*) as sales
     from ${CYCLE}
     cross join lateral ${SALES}
     group by s.partner_id, s.home_partner_id`,
    [cycle.no],
  );
}

/** Of an account that went on; `counts` says whether there is a sum in the row. */
type OfAccount<Sum> = Sum & Omit<Found<Sum>, 'sum'> & { readonly counts: boolean };

const found = <Sum>(rows: readonly OfAccount<Sum>[], sumOf: (row: Sum) => Sum): Found<Sum>[] =>
  rows.map((row) => ({ accountId: row.accountId, version: row.version, sum: row.counts ? sumOf(row) : undefined }));

/** The first parameters of a statement that reads on. */
const parametersOf = ({ cycleNo, accountIds, versions, recordedBefore }: Known): unknown[] => [
  cycleNo,
  accountIds,
  versions,
  recordedBefore?.toISOString() ?? null,
];

/** The member whose wallet a posting touches. By keys, one after the other: nothing here depends on what is known of how much there is. */
export const memberOf = (posting: string): string => `(
             select w.owner
             from (select x.account_id from ledger.entries x where ${isOfPosting('x', posting)} offset 0) x
             cross join lateral (select w.owner from ledger.accounts w where w.id = x.account_id and w.kind = 'WALLET' offset 0) w
             limit 1
           )`;

const MEMBER_VALUES: Sums<MemberValue> = {
  name: 'member-values',
  keyOf: ({ partnerId, reimbursed, homePartnerId }) => `${partnerId} ${reimbursed} ${homePartnerId}`,
  plus: (one, other) => ({ ...one, micros: one.micros + other.micros }),
};

/**
 * What partners were reimbursed for members' points, and what they paid for them, by the partner through which the member enrolled.
 * Points of a block are paid for when they are issued, by the block. What an issuer pays when points are burned is posted apart:
 * its member is that of the posting with the same reference.
 */
export async function readMemberValues(db: Db, cycle: Cycle, partnerIds: readonly string[]): Promise<MemberValue[]> {
  const values = await readOn(db, MEMBER_VALUES, cycle, async (known) =>
    found(
      await db.rows<OfAccount<MemberValue>>(
        `select a.id as "accountId", a.until as version, a.owner as "partnerId",
       sum.reimbursed, sum.home_partner as "homePartnerId", sum.micros, sum.micros is not null as counts
     from ${CYCLE}
     left join lateral ${accountsOf("a.kind in ('PARTNER', 'PREPAID') and a.unit = 0 and a.owner = any($5::uuid[])")} on true
     left join lateral (
       select p.code in ('redemption.captured', 'redemption.refunded', 'exchange.redeemed') as reimbursed,
         m.home_partner, sum(e.available)::bigint as micros
       from ${ENTRIES}
       cross join lateral (
         select coalesce(
           ${memberOf('p.id')},
           (
             select found.member
             from (select q.id from ledger.postings q where q.reference = p.reference and ${isFoundByReference('q')} offset 0) q
             cross join lateral (select ${memberOf('q.id')} as member offset 0) found
             where found.member is not null limit 1
           )
         ) as member offset 0
       ) wallet
       left join members.members m on m.id = wallet.member
       where e.available <> 0 and p.code not in ('block.purchased', 'lot.bought_back', 'lot.converted', 'deposit.paid', 'deposit.returned')
       group by 1, 2
     ) sum on true`,
        [...parametersOf(known), partnerIds],
      ),
      ({ partnerId, reimbursed, homePartnerId, micros }) => ({ partnerId, reimbursed, homePartnerId, micros }),
    ),
  );
  return values.filter(({ partnerId }) => partnerIds.includes(partnerId));
}

const ISSUER_VALUES: Sums<IssuerValue> = {
  name: 'issuer-values',
  keyOf: ({ partnerId, issuerId }) => `${partnerId} ${issuerId}`,
  plus: (one, other) => ({ ...one, micros: one.micros + other.micros }),
};

/**
 * What partners were reimbursed for points, by who issued them. A redemption keeps the rate of each lot, and the book how much of each lot
 * was burned or came back.
 */
export async function readIssuerValues(db: Db, cycle: Cycle, partnerIds: readonly string[]): Promise<IssuerValue[]> {
  const values = await readOn(db, ISSUER_VALUES, cycle, async (known) =>
    found(
      await db.rows<OfAccount<IssuerValue>>(
        `select a.id as "accountId", a.until as version, a.owner as "partnerId", sum.issuer as "issuerId", sum.micros, sum.micros is not null as counts
     from ${CYCLE}
     left join lateral ${accountsOf("a.kind = 'PARTNER' and a.unit = 0 and a.owner = any($5::uuid[])")} on true
     left join lateral (
       select part.issuer, sum(part.micros)::bigint as micros
       from ${ENTRIES}
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
       where e.available <> 0 and p.code in ('redemption.captured', 'redemption.refunded', 'exchange.redeemed')
       group by 1
     ) sum on true`,
        [...parametersOf(known), partnerIds],
      ),
      ({ partnerId, issuerId, micros }) => ({ partnerId, issuerId, micros }),
    ),
  );
  return values.filter(({ partnerId }) => partnerIds.includes(partnerId));
}

/** How many members earned, burned or bought at partners in a cycle. A member counts once, so that counts do not add up. */
export function readActiveMembers(db: Db, cycle: Cycle, partnerIds: readonly string[]): Promise<PartnerCount[]> {
  return db.rows<PartnerCount>(
    `select active.partner as "partnerId", count(distinct active.member) as count
     from (
       select p.partner, wallet.owner as member
       from ${CYCLE}
       cross join lateral ${accountsOf("(a.kind in ('ISSUANCE', 'REDEEMED') and a.owner = any($5::uuid[]) or a.kind = 'JOINT') and a.unit <> 0")}
       cross join lateral ${ENTRIES}
       cross join lateral (select ${memberOf('p.id')} as owner offset 0) wallet
       where p.partner = any($5::uuid[])
         and p.code in ('accrual.confirmed', 'accrual.pending_confirmed', 'redemption.captured', 'exchange.redeemed')
       union all
       select s.partner_id, s.member_id from ${CYCLE} cross join lateral ${SALES} where s.partner_id = any($5::uuid[])
     ) active
     group by active.partner`,
    [...parametersOf({ cycleNo: cycle.no, accountIds: [], versions: [] }), partnerIds],
  );
}

/** A partner and how many hours after a purchase its report is late. */
export interface ReportingTime {
  readonly partnerId: string;
  readonly hours: number;
}

/** Reports of a partner that came so many begun hours after what they report. */
interface Delay extends PartnerCount {
  readonly hours: number;
}

const DELAYS: Sums<Delay> = {
  name: 'delays',
  keyOf: ({ partnerId, hours }) => `${partnerId} ${hours}`,
  plus: (one, other) => ({ ...one, count: one.count + other.count }),
};

/** How many purchases and sales partners reported late in a cycle: more hours after them than agreed. */
export async function readLateReports(db: Db, cycle: Cycle, times: readonly ReportingTime[]): Promise<PartnerCount[]> {
  const delays = await readOn(db, DELAYS, cycle, async (known) =>
    found(
      await db.rows<OfAccount<Delay>>(
        `select a.id as "accountId", a.until as version, sum.partner as "partnerId", sum.hours, sum.count, sum.count is not null as counts
     from ${CYCLE}
     left join lateral ${accountsOf("(a.kind = 'ISSUANCE' and a.owner = any($5::uuid[]) or a.kind = 'JOINT') and a.unit <> 0")} on true
     left join lateral (
       select p.partner, ceil(extract(epoch from p.recorded_at - p.occurred_at) / 3600)::integer as hours, count(*) as count
       from ${ENTRIES}
       where p.code in ('accrual.pending', 'accrual.confirmed')
       group by 1, 2
     ) sum on true
     union all
     select null, null, s.partner_id, agreed.hours + 1, count(*), true
     from ${CYCLE}
     cross join lateral ${SALES}
     join unnest($5::uuid[], $6::integer[]) as agreed (partner, hours) on s.partner_id = agreed.partner
     where s.recorded_at - s.occurred_at > make_interval(hours => agreed.hours)
     group by 3, 4`,
        [...parametersOf(known), times.map(({ partnerId }) => partnerId), times.map(({ hours }) => hours)],
      ),
      ({ partnerId, hours, count }) => ({ partnerId, hours, count }),
    ),
  );
  return times.map(({ partnerId, hours }) => ({
    partnerId,
    count: delays.reduce((sum, one) => (one.partnerId === partnerId && one.hours > hours ? sum + one.count : sum), 0n),
  }));
}

const PREPAID_POINTS: Sums<PrepaidPoints> = {
  name: 'prepaid-points',
  keyOf: ({ partnerId, currencyNo }) => `${partnerId} ${currencyNo}`,
  plus: (one, other) => ({ ...one, points: one.points + other.points }),
};

/** Points of blocks that partners bought in a cycle, less those that they issued from blocks of whichever cycle. */
export async function readPrepaidPoints(db: Db, cycle: Cycle, partnerIds: readonly string[]): Promise<PrepaidPoints[]> {
  const points = await readOn(db, PREPAID_POINTS, cycle, async (known) =>
    found(
      await db.rows<OfAccount<PrepaidPoints>>(
        `select a.id as "accountId", a.until as version, a.owner as "partnerId", a.unit as "currencyNo", sum.points, sum.points is not null as counts
     from ${CYCLE}
     left join lateral ${accountsOf("a.kind = 'ISSUANCE' and a.owner = any($5::uuid[])")} on true
     left join lateral (
       select sum(e.available)::bigint as points
       from ${ENTRIES}
       join exchange.accruals x on x.id = p.reference and x.charge = 'PREPAID'
     ) sum on true
     union all
     select null, null, b.partner_id, b.currency_no, sum(b.points)::bigint, true
     from ${CYCLE}
     cross join exchange.point_blocks b
     join ledger.postings p on p.reference = b.id and p.code = 'block.purchased'
       and ledger.counts_in(p.cycle, p.occurred_at, c.no, c.starts_at, c.cutoff, c.status = 'OPEN')
     where b.partner_id = any($5::uuid[])
     group by 3, 4`,
        [...parametersOf(known), partnerIds],
      ),
      ({ partnerId, currencyNo, points }) => ({ partnerId, currencyNo, points }),
    ),
  );
  return points.filter(({ partnerId }) => partnerIds.includes(partnerId));
}
