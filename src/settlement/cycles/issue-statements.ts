import { dayOf } from '../../kernel/instant.ts';
import { done, type Outcome } from '../../kernel/refusal.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import type { Attempt } from '../../platform/idempotency.ts';
import { changeCycle } from './change-cycle.ts';
import type { Cycle } from './cycle.ts';
import { updateCycle } from './cycles.queries.ts';

/** CLOSED to ADVISED: partners get their statements; due dates and the time for disputes count from today, in program time. */
export async function issueStatements(tx: Tx, attempt: Attempt, cycleId: string): Promise<Outcome<Cycle>> {
  return changeCycle(tx, attempt, cycleId, { from: 'CLOSED', to: 'ADVISED' }, async (cycle, now) => {
    const { coalition } = await coalitionNow(tx);
    await tx.rows(
      `update settlement.statements set status = 'ISSUED', issued_on = $2::date, due_date = $2::date + net_days, disputable_until = $2::date + dispute_window_days
       where cycle_no = $1`,
      [cycle.no, dayOf(now, coalition.program.timeZone)],
    );
    await tx.rows(
      `update settlement.instructions i set due_date = s.due_date from settlement.statements s
       where i.cycle_no = $1 and s.cycle_no = i.cycle_no and i.amount_minor > 0
         and (s.id = i.statement_id or (i.statement_id is null and s.partner_id = i.payer))`,
      [cycle.no],
    );
    const advised: Cycle = { ...cycle, status: 'ADVISED', advisedAt: now };
    await updateCycle(tx, advised);
    return done(advised);
  });
}
