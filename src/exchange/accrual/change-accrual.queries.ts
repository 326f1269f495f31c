import { mergedWrites } from '../../platform/batching/merged.ts';
import type { Tx } from '../../platform/database.ts';
import type { UsageKey } from './accrual.queries.ts';
import type { Accrual } from './accrual.ts';

/** Stores what changed of accruals. */
export const updateAccruals = mergedWrites('STORE', (tx: Tx, accruals: readonly Accrual[]): void => {
  tx.later(
    `update exchange.accruals a
     set status = n.status, reversed_points = n.reversed_points, returned_minor = n.returned_minor, lot_id = n.lot_id
     from unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::uuid[]) as n (id, status, reversed_points, returned_minor, lot_id)
     where a.id = n.id`,
    [
      accruals.map((a) => a.id),
      accruals.map((a) => a.status),
      accruals.map((a) => a.reversedPoints),
      accruals.map((a) => a.returnedMinor),
      accruals.map((a) => a.lotId ?? null),
    ],
  );
});

/** What one accrual used of a capped rule. */
export interface Used extends UsageKey {
  readonly spendMinor: bigint;
}

/** Gives the use of capped rules back, each once, in one order of locks. */
export const giveBackUsage = mergedWrites('STORE', (tx: Tx, back: readonly Used[]): void => {
  tx.later(
    `with locked as (
       select u.member_id, u.rule, u.day, n.spend
       from unnest($1::uuid[], $2::text[], $3::date[], $4::bigint[]) as n (member_id, rule, day, spend)
       join exchange.rule_usage u using (member_id, rule, day)
       order by u.member_id, u.rule, u.day for update of u
     )
     update exchange.rule_usage u set spend_minor = greatest(0, u.spend_minor - l.spend), times = greatest(0, u.times - 1)
     from locked l where u.member_id = l.member_id and u.rule = l.rule and u.day = l.day`,
    [back.map((u) => u.memberId), back.map((u) => u.rule), back.map((u) => u.day), back.map((u) => u.spendMinor)],
  );
});
