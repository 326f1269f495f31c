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

/** What the statements of the cycle before left to this one, by partner: + the partner is owed it. */
export function readCarried(db: Db, { no }: Cycle): Promise<Carried[]> {
  return db.rows<Carried>(
    `select s.partner_id as "partnerId", c.no as "fromCycleNo", sum(case when i.payer = s.partner_id then -i.carried_minor else i.carried_minor end)::bigint as minor
     from ledger.cycles c
     join settlement.instructions i on i.cycle_no = c.no and i.carried_minor > 0
     join settlement.statements s on s.id = i.statement_id
     where c.no = $1::integer - 1
     group by s.partner_id, c.no`,
    [no],
  );
}
