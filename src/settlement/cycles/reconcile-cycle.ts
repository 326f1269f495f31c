import { dayOf } from '../../kernel/instant.ts';
import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import type { Attempt } from '../../platform/idempotency.ts';
import { changeCycle } from './change-cycle.ts';
import type { Cycle } from './cycle.ts';
import { updateCycle } from './cycles.queries.ts';
import { settleCycle } from './settle-cycle.ts';

/** ADVISED to RECONCILED: once every statement was accepted or can be disputed no more. It is SETTLED at once when nothing is left to pay. */
export async function reconcileCycle(tx: Tx, attempt: Attempt, cycleId: string): Promise<Outcome<Cycle>> {
  return changeCycle(tx, attempt, cycleId, { from: 'ADVISED', to: 'RECONCILED' }, async (cycle, now) => {
    const { coalition } = await coalitionNow(tx);
    const waiting = await tx.rows<{ code: string; status: string }>(
      `select p.code, s.status from settlement.statements s join partners.partners p on p.id = s.partner_id
       where s.cycle_no = $1 and (
         s.status = 'DISPUTED'
         or (s.status = 'ISSUED' and s.disputable_until >= $2::date and s.net_minor <> 0)
         or (s.status = 'ISSUED' and exists (
           select from settlement.disputes d join settlement.shares h on h.id = d.share_id join settlement.lines l on l.id = h.line_id
           where l.cycle_no = s.cycle_no and h.partner_id = s.partner_id and d.escalable_until >= $3
         ))
       )
       order by p.code`,
      [cycle.no, dayOf(now, coalition.program.timeZone), now.toISOString()],
    );
    if (waiting.length > 0) {
      const names = waiting.map(({ code, status }) => `${code} (${status})`).join(', ');
      return refused('CYCLE_NOT_RECONCILED', `These statements are neither accepted nor past their time for disputes: ${names}.`, {
        field: ['cycleId'],
        details: { statements: waiting.map(({ code }) => code) },
      });
    }
    await tx.rows("update settlement.statements set status = 'FINAL' where cycle_no = $1", [cycle.no]);
    const reconciled: Cycle = { ...cycle, status: 'RECONCILED', reconciledAt: now };
    await updateCycle(tx, reconciled);
    return done(await settleCycle(tx, reconciled, now));
  });
}
