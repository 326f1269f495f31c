import type { Db } from '../../platform/database.ts';
import type { Cycle } from '../cycles/cycle.ts';
import { CYCLE } from './cycle-entries.ts';
import type { Adjusted, Carried } from './cycle-facts.ts';

/** Corrections of closed cycles that were made in a cycle, in the order in which they were made. */
export function readAdjustments(db: Db, { no }: Cycle): Promise<Adjusted[]> {
  return db.rows<Adjusted>(
    `select a.id, a.partner_id as "partnerId", a.counterparty_id as "counterpartyId", a.minor, a.description
     from ${CYCLE}
     join settlement.adjustments a on true
     join ledger.postings p on p.id = a.posting_id
     where ledger.counts_in(p.cycle, p.occurred_at, c.no, c.starts_at, c.cutoff, c.status = 'OPEN')
     order by p.id`,
    [no],
  );
}

/** What payments of the cycle before left to this one, by partner: + the partner is owed it. Between two partners it comes back for both. */
export function readCarried(db: Db, { no }: Cycle): Promise<Carried[]> {
  return db.rows<Carried>(
    `select side.partner_id as "partnerId", i.cycle_no as "fromCycleNo", sum(side.minor)::bigint as minor
     from settlement.instructions i
     cross join lateral (values (i.payer, -i.carried_minor), (i.payee, i.carried_minor)) side (partner_id, minor)
     where i.cycle_no = $1::integer - 1 and i.carried_minor > 0 and side.partner_id is not null
     group by side.partner_id, i.cycle_no
     having sum(side.minor) <> 0`,
    [no],
  );
}
