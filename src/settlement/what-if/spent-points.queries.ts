import type { Db } from '../../platform/database.ts';
import type { Cycle } from '../cycles/cycle.ts';
import { accountsOf, CYCLE, ENTRIES } from '../lines/cycle-entries.ts';
import { type Cuts, type LeftPoints, parametersOf } from './priced-points.queries.ts';

/** Points of a partner that were exchanged for others in a cycle, or expired. */
export interface SpentPoints extends LeftPoints {
  /** The currency that they became; null for those that expired. */
  readonly toNo: number | null;
  /** What had been paid into the pool for each. */
  readonly fundedMicros: bigint;
}

/** What was exchanged in a cycle from one currency to another. */
export interface ExchangedPoints {
  readonly currencyNo: number;
  readonly toNo: number;
  readonly stretch: number;
  readonly credited: bigint;
  readonly fee: bigint;
}

/** What became of points that a partner had issued, other than being burned. */
export function readSpentPoints(db: Db, cycle: Cycle, cuts: Cuts, partnerId: string): Promise<SpentPoints[]> {
  return db.rows<SpentPoints>(
    `select a.unit as "currencyNo", x.to_no as "toNo", m.home_partner as "homePartnerId",
       width_bucket(p.occurred_at, $5::timestamptz[]) as stretch, width_bucket(l.earned_at, $5::timestamptz[]) as "earnedIn",
       charged.is_partner as "isCharged", l.funded_micros as "fundedMicros", -sum(u.available + u.held)::bigint as points
     from ${CYCLE}
     cross join lateral ${accountsOf("a.kind in ('EXCHANGED', 'EXPIRED')")}
     cross join lateral ${ENTRIES}
     join ledger.lot_uses u on u.posting_id = p.id
     join ledger.lots l on l.id = u.lot_id and l.issuer = $6::uuid
     join ledger.accounts w on w.id = l.account_id and w.unit = a.unit
     join members.members m on m.id = w.owner
     left join exchange.exchanges x on x.id = p.reference
     cross join lateral (
       select exists (
         select from ledger.postings o join exchange.accruals j on j.id = o.reference and j.charge = 'PARTNER' where o.id = l.posting_id
       ) as is_partner
     ) charged
     where e.available > 0 and p.occurred_at >= c.starts_at
       and (p.code = 'lot.expired' or p.code in ('exchange.completed', 'exchange.redeemed') and x.id is not null)
     group by 1, 2, 3, 4, 5, 6, 7`,
    parametersOf(cycle, cuts, partnerId),
  );
}

/** What exchanges of a cycle gave, and their fees. */
export function readExchangedPoints(db: Db, cycle: Cycle, cuts: Cuts): Promise<ExchangedPoints[]> {
  return db.rows<ExchangedPoints>(
    `select x.from_no as "currencyNo", x.to_no as "toNo", width_bucket(p.occurred_at, $5::timestamptz[]) as stretch,
       sum(x.credited)::bigint as credited, sum(x.fee_points)::bigint as fee
     from ${CYCLE}
     cross join lateral ${accountsOf("a.kind = 'EXCHANGED'")}
     cross join lateral ${ENTRIES}
     join exchange.exchanges x on x.id = p.reference and x.to_no = a.unit
     where e.available < 0 and p.code in ('exchange.completed', 'exchange.redeemed') and p.occurred_at >= c.starts_at
     group by 1, 2, 3`,
    parametersOf(cycle, cuts),
  );
}
