import type { Db } from '../../platform/database.ts';
import type { Cycle } from '../cycles/cycle.ts';
import { accountsOf, CYCLE, ENTRIES } from '../lines/cycle-entries.ts';

/** Points of one issuer and currency that were burned at one partner in a cycle, net of refunds. */
export interface Flow {
  readonly issuerId: string;
  readonly acceptorId: string;
  readonly currencyNo: number;
  readonly points: bigint;
  /** What the acceptor was reimbursed for them, exactly. */
  readonly micros: bigint;
  /** Different members whose points they are. */
  readonly members: number;
}

/**
 * Who burned whose points in a cycle. A redemption keeps the rate of each lot, and the book how much of each lot
 * was burned or came back, so that an acceptor's flows add up to its reimbursement exactly.
 */
export function readFlows(db: Db, cycle: Cycle): Promise<Flow[]> {
  return db.rows<Flow>(
    `select part.issuer as "issuerId", a.owner as "acceptorId", a.unit as "currencyNo", sum(part.points)::bigint as points,
       sum(part.points * part.rate)::bigint as micros, count(distinct part.member)::integer as members
     from ${CYCLE}
     cross join lateral ${accountsOf("a.kind = 'REDEEMED'")}
     cross join lateral ${ENTRIES}
     cross join lateral (
       select (taken ->> 'issuer')::uuid as issuer, (taken ->> 'points')::bigint as points, (taken ->> 'reimbursement')::bigint as rate, r.member_id as member
       from exchange.exchanges x
       join exchange.redemptions r on r.id = x.redemption_id
       cross join lateral jsonb_array_elements(r.allocations) as taken
       where p.code = 'exchange.redeemed' and x.id = p.reference
       union all
       select (taken ->> 'issuer')::uuid, moved.points, (taken ->> 'reimbursement')::bigint, r.member_id
       from exchange.redemptions r
       cross join lateral jsonb_array_elements(r.allocations) as taken
       cross join lateral (
         select -(u.available + u.held) as points from ledger.lot_uses u where u.posting_id = p.id and u.lot_id = (taken ->> 'lot')::uuid
         union all
         select -l.initial from ledger.lots l where l.posting_id = p.id and l.origin <> 'ACCRUAL' and l.parent = (taken ->> 'lot')::uuid
       ) moved
       where p.code in ('redemption.captured', 'redemption.refunded') and r.id = p.reference
     ) part
     group by part.issuer, a.owner, a.unit`,
    [cycle.no, [], [], null],
  );
}
