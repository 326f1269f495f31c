import type { Tx } from '../../platform/database.ts';

/** What a run found that does not agree. Several breaks may be about one key and day, and are told apart by their figures. */
const FOUND = `select f.*, (row_number() over (
    partition by f.result, f.kind, f.key, f.day order by f.their_amount, f.our_amount, f.their_day, f.our_day, f.their_no, f.our_no
  ))::integer as ordinal
  from (
    select t.result, t.kind, t.key, coalesce(o.day, t.day) as day, coalesce(o.member_id, t.member_id) as member_id, t.no as their_no,
      t.day as their_day, t.amount as their_amount, o.no as our_no, o.day as our_day, o.amount as our_amount
    from settlement.their_rows t left join settlement.our_rows o on o.run_id = $1 and o.match_no = t.no
    where t.run_id = $1 and t.result <> 'MATCHED'
    union all
    select o.result, o.kind, o.key, o.day, o.member_id, null, null, null, o.no, o.day, o.amount
    from settlement.our_rows o where o.run_id = $1 and o.result = 'MISSING_THERE'
  ) f`;

const IS_SAME = 'b.result = f.result and b.kind = f.kind and b.key = f.key and b.day = f.day and b.ordinal = f.ordinal';
const HAS_SAME_FIGURES = `(b.their_day, b.their_amount, b.our_day, b.our_amount) is not distinct from (f.their_day, f.their_amount, f.our_day, f.our_amount)`;

/**
 * Opens breaks for what a run found, and goes on with those of the runs whose place it takes: one that is found again keeps its age and
 * owner, one that is not is closed. A proposal about other figures is withdrawn. What was resolved stays resolved while its figures stay.
 */
export async function syncBreaks(tx: Tx, runId: string, earlierRunIds: readonly string[], partnerId: string, now: Date): Promise<void> {
  const runs = [runId, ...earlierRunIds];
  await tx.rows(
    `with f as (${FOUND})
     update settlement.breaks b set state = 'SUPERSEDED', resolution = null, adjustment_minor = null, note = null, proposed_by = null, proposed_at = null
     where b.run_id = any ($2::uuid[]) and b.state in ('OPEN', 'PROPOSED') and not exists (select from f where ${IS_SAME})`,
    [runId, runs],
  );
  const withdrawn = `b.state = 'PROPOSED' and not ${HAS_SAME_FIGURES}`;
  await tx.rows(
    `with f as (${FOUND})
     update settlement.breaks b set run_id = $1, member_id = f.member_id, their_no = f.their_no, their_day = f.their_day,
       their_amount = f.their_amount, our_no = f.our_no, our_day = f.our_day, our_amount = f.our_amount,
       state = case when ${withdrawn} then 'OPEN' else b.state end,
       ${['resolution', 'adjustment_minor', 'note', 'proposed_by', 'proposed_at']
         .map((column) => `${column} = case when ${withdrawn} then null else b.${column} end`)
         .join(', ')}
     from f
     where b.run_id = any ($2::uuid[]) and ${IS_SAME} and (b.state in ('OPEN', 'PROPOSED') or (b.state = 'RESOLVED' and ${HAS_SAME_FIGURES}))`,
    [runId, runs],
  );
  await tx.rows(
    `with f as (${FOUND})
     insert into settlement.breaks (partner_id, run_id, result, kind, key, day, ordinal, member_id, their_no, their_day, their_amount, our_no, our_day, our_amount, opened_at)
     select $2::uuid, $1, f.result, f.kind, f.key, f.day, f.ordinal, f.member_id, f.their_no, f.their_day, f.their_amount, f.our_no, f.our_day, f.our_amount, $3::timestamptz
     from f where not exists (select from settlement.breaks b where b.run_id = $1 and b.state <> 'SUPERSEDED' and ${IS_SAME} and ${HAS_SAME_FIGURES})
     order by f.day, f.kind, f.key, f.result, f.ordinal
     on conflict do nothing`,
    [runId, partnerId, now.toISOString()],
  );
}
