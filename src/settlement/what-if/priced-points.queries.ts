import type { Db } from '../../platform/database.ts';
import type { Cycle } from '../cycles/cycle.ts';
import { accountsOf, CYCLE, ENTRIES } from '../lines/cycle-entries.ts';

/** Points of one currency in a cycle, net of what was taken back. */
interface CountedPoints {
  readonly currencyNo: number;
  /** The partner through which the member enrolled. */
  readonly homePartnerId: string | null;
  /** The stretch of the cycle in which they were earned: 1 for the first. */
  readonly stretch: number;
  readonly points: bigint;
}

/** Points that were earned at a partner, which was charged for them unless a promotion was. */
export interface IssuedPoints extends CountedPoints {
  readonly promotionId: string | null;
}

/** Points that left wallets. */
export interface LeftPoints extends CountedPoints {
  /** The stretch in which they had been earned; 0 when it was before the cycle. */
  readonly earnedIn: number;
  /** Whether their issuer was charged for them when they were earned; else they were paid for whole. */
  readonly isCharged: boolean;
}

/** Points that were burned: at a partner, or of those it issued. */
export interface BurnedPoints extends LeftPoints {
  readonly issuerId: string;
  readonly acceptorId: string;
}

/** Where a cycle is cut into stretches, the first cut being its first instant. */
export type Cuts = readonly Date[];

/** The parameters of statements that read a cycle in stretches: the cuts are $5, and what is given besides follows. */
export const parametersOf = ({ no }: Cycle, cuts: Cuts, ...more: readonly string[]): unknown[] => [
  ...[no, [], [], null],
  `{${cuts.map((cut) => cut.toISOString()).join(',')}}`,
  ...more,
];

/** What was earned by purchases made at a partner in a cycle. What is reversed of earlier ones keeps their price, and blocks keep the one they were bought at. */
export function readIssuedPoints(db: Db, cycle: Cycle, cuts: Cuts, partnerId: string): Promise<IssuedPoints[]> {
  return db.rows<IssuedPoints>(
    `select a.unit as "currencyNo", m.home_partner as "homePartnerId", width_bucket(x.occurred_at, $5::timestamptz[]) as stretch,
       case when a.kind = 'JOINT' then a.owner end as "promotionId", -sum(e.available)::bigint as points
     from ${CYCLE}
     cross join lateral ${accountsOf("(a.kind = 'ISSUANCE' and a.owner = $6::uuid or a.kind = 'JOINT') and a.unit <> 0")}
     cross join lateral ${ENTRIES}
     join exchange.accruals x on x.id = p.reference and x.partner_id = $6::uuid and x.charge <> 'PREPAID'
     join members.members m on m.id = x.member_id
     where e.available <> 0 and x.occurred_at >= c.starts_at
     group by 1, 2, 3, 4`,
    parametersOf(cycle, cuts, partnerId),
  );
}

/** What was burned of captures made in a cycle. What is refunded of earlier ones keeps their prices. */
export function readBurnedPoints(db: Db, cycle: Cycle, cuts: Cuts, partnerId: string): Promise<BurnedPoints[]> {
  return db.rows<BurnedPoints>(
    `select part.issuer as "issuerId", a.owner as "acceptorId", a.unit as "currencyNo", m.home_partner as "homePartnerId",
       width_bucket(part.captured_at, $5::timestamptz[]) as stretch, width_bucket(l.earned_at, $5::timestamptz[]) as "earnedIn",
       charged.is_partner as "isCharged", sum(part.points)::bigint as points
     from ${CYCLE}
     cross join lateral ${accountsOf("a.kind = 'REDEEMED'")}
     cross join lateral ${ENTRIES}
     cross join lateral (
       select (taken ->> 'issuer')::uuid as issuer, (taken ->> 'lot')::uuid as lot, (taken ->> 'points')::bigint as points, r.captured_at, r.member_id
       from exchange.exchanges x
       join exchange.redemptions r on r.id = x.redemption_id
       cross join lateral jsonb_array_elements(r.allocations) as taken
       where p.code = 'exchange.redeemed' and x.id = p.reference
       union all
       select (taken ->> 'issuer')::uuid, (taken ->> 'lot')::uuid, moved.points, r.captured_at, r.member_id
       from exchange.redemptions r
       cross join lateral jsonb_array_elements(r.allocations) as taken
       cross join lateral (
         select -(u.available + u.held) as points from ledger.lot_uses u where u.posting_id = p.id and u.lot_id = (taken ->> 'lot')::uuid
         union all
         select -d.initial from ledger.lots d where d.posting_id = p.id and d.origin <> 'ACCRUAL' and d.parent = (taken ->> 'lot')::uuid
       ) moved
       where p.code in ('redemption.captured', 'redemption.refunded') and r.id = p.reference
     ) part
     join ledger.lots l on l.id = part.lot
     join members.members m on m.id = part.member_id
     cross join lateral (
       select exists (
         select from ledger.postings o join exchange.accruals x on x.id = o.reference and x.charge = 'PARTNER' where o.id = l.posting_id
       ) as is_partner
     ) charged
     where $6::uuid in (part.issuer, a.owner) and part.captured_at >= c.starts_at
     group by 1, 2, 3, 4, 5, 6, 7`,
    parametersOf(cycle, cuts, partnerId),
  );
}
