import type { Tx } from '../../platform/database.ts';

/** Notes, once, claims that nobody has decided and whose time ran out by an instant, the longest waiting first. Answers how many; 0 when none is left. */
export async function noteBreachedClaims(tx: Tx, asOf: Date, limit: number): Promise<number> {
  const noted = await tx.rows(
    `insert into exchange.claim_breaches (claim_id, due_at, noted_at)
     select c.id, c.sla_due_at, date_trunc('milliseconds', platform.now())
     from exchange.claims c
     where c.status not in ('APPROVED', 'REJECTED') and c.sla_due_at <= $1
       and not exists (select from exchange.claim_breaches b where b.claim_id = c.id and b.due_at = c.sla_due_at)
     order by c.sla_due_at limit $2
     on conflict do nothing returning claim_id`,
    [asOf.toISOString(), limit],
  );
  return noted.length;
}
