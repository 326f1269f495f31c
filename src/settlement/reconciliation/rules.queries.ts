import type { Tx } from '../../platform/database.ts';
import type { Rule } from './reconciliation.ts';

type Column = 'kind' | 'key' | 'amount' | 'day' | 'member_id';

/** A rule that pairs one row of theirs with one of ours. Expressions are of this program, never of a caller. */
interface Pairing {
  /** What both have in common. Of several that have it, the n-th of theirs goes with the n-th of ours. */
  readonly by: readonly Column[];
  readonly where?: string;
  readonly rule: Rule;
  /** SQL for the result of a pair. */
  readonly result: string;
}

const ORDER = 'amount, day, occurred_at, member_id, no';

/** A row that names its currency is compared within it, first; one that does not, with all that is left. */
const CURRENCIES = [
  { of: (by: readonly string[]) => [...by, 'currency_no'], theirs: 'currency_no is not null' },
  { of: (by: readonly string[]) => by, theirs: 'currency_no is null' },
];

const equal = (columns: readonly string[]): string => columns.map((column) => `t.${column} = o.${column}`).join(' and ');

/** What pairs of `pair (their_no, our_no, result)` claim, on both sides. */
const CLAIM = `
  ours as (
    update settlement.our_rows r set result = p.result, rule = $2, match_no = p.their_no from pair p where r.run_id = $1 and r.no = p.our_no
  )
  update settlement.their_rows r set result = p.result, rule = $2, match_no = p.their_no from pair p where r.run_id = $1 and r.no = p.their_no`;

export async function pairUp(tx: Tx, runId: string, { by, where = 'true', rule, result }: Pairing): Promise<void> {
  for (const { of, theirs } of CURRENCIES) {
    const columns = of(by);
    const ranked = (table: string, condition: string) =>
      `select *, row_number() over (partition by ${columns.join(', ')} order by ${ORDER}) as n
       from settlement.${table} where run_id = $1 and result is null and ${condition}`;
    await tx.rows(
      `with t as (${ranked('their_rows', theirs)}), o as (${ranked('our_rows', 'true')}),
       pair as materialized (
         select t.no as their_no, o.no as our_no, ${result} as result from t join o on ${equal(columns)} and t.n = o.n where ${where}
       ), ${CLAIM}`,
      [runId, rule],
    );
  }
}

/** Of rows that a member has too often with one amount, none stands out. */
const MOST_ALIKE = 100;

/** The same amount of the same member within the days, where on either side there is only one such row. */
export async function pairByMember(tx: Tx, runId: string, days: number): Promise<void> {
  const rule: Rule = 'AMOUNT_DAY_MEMBER';
  const left = (table: string) =>
    `select *, count(*) over (partition by kind, member_id, amount) as many from settlement.${table}
     where run_id = $1 and result is null and member_id is not null`;
  await tx.rows(
    `with t as (${left('their_rows')}), o as (${left('our_rows')}),
     near as (
       select t.no as their_no, o.no as our_no, count(*) over (partition by t.no) as theirs, count(*) over (partition by o.no) as ours
       from t join o on ${equal(['kind', 'member_id', 'amount'])}
         and (t.currency_no is null or t.currency_no = o.currency_no) and abs(o.day - t.day) <= ${days}
       where t.many <= ${MOST_ALIKE} and o.many <= ${MOST_ALIKE}
     ),
     pair as materialized (select their_no, our_no, 'MATCHED' as result from near where theirs = 1 and ours = 1), ${CLAIM}`,
    [runId, rule],
  );
}

const MOST_IN_GROUP = 12;

/** One row on one side and 2 to 12 on the other that have something in common and add up to it. */
export async function groupUp(
  tx: Tx,
  runId: string,
  { by, days, rule }: { by: readonly Column[]; days: number; rule: Rule },
): Promise<void> {
  for (const { of, theirs } of CURRENCIES) {
    const columns = of(by);
    const present = by.includes('member_id') ? 'member_id is not null' : 'true';
    const sums = (table: string, condition: string) =>
      `select ${columns.join(', ')}, count(*) as n, sum(amount) as amount, min(no) as first, min(day) as lo, max(day) as hi
       from settlement.${table} where run_id = $1 and result is null and ${present} and ${condition} group by ${columns.join(', ')}`;
    const members = (alias: string, condition: string) =>
      `${alias}.run_id = $1 and ${alias}.result is null and ${condition} and ${columns.map((column) => `${alias}.${column} = f.${column}`).join(' and ')}`;
    await tx.rows(
      `with t as (${sums('their_rows', theirs)}), o as (${sums('our_rows', 'true')}),
       fit as materialized (
         select ${columns.map((column) => `t.${column}`).join(', ')}, t.first as match_no from t join o on ${equal(columns)}
         where t.amount = o.amount and least(t.n, o.n) = 1 and greatest(t.n, o.n) between 2 and ${MOST_IN_GROUP}
           and greatest(o.hi - t.lo, t.hi - o.lo) <= ${days}
       ),
       ours as (
         update settlement.our_rows r set result = 'MATCHED', rule = $2, match_no = f.match_no, is_group = true
         from fit f where ${members('r', 'true')}
       )
       update settlement.their_rows r set result = 'MATCHED', rule = $2, match_no = f.match_no, is_group = true
       from fit f where ${members('r', `r.${theirs}`)}`,
      [runId, rule],
    );
  }
}

/**
 * Of rows of theirs with one key, those behind the one that is matched or else the first. Several partial returns have one key,
 * so of those only the ones with the same amount repeat each other.
 */
export async function markDuplicates(tx: Tx, runId: string): Promise<void> {
  await tx.rows(
    `update settlement.their_rows r set result = 'DUPLICATE'
     from (
       select no, result, bool_or(match_no is not null) over same as is_known, row_number() over (same order by (match_no is null), ${ORDER}) as n
       from settlement.their_rows where run_id = $1
       window same as (partition by kind, key, currency_no, case when kind in ('REVERSAL', 'REFUND') then amount end)
     ) d
     where r.run_id = $1 and r.no = d.no and d.result is null and (d.is_known or d.n > 1)`,
    [runId],
  );
}

/** What is left is missing on the other side. */
export async function markMissing(tx: Tx, runId: string): Promise<void> {
  await tx.rows("update settlement.their_rows set result = 'MISSING_HERE' where run_id = $1 and result is null", [runId]);
  await tx.rows("update settlement.our_rows set result = 'MISSING_THERE' where run_id = $1 and result is null", [runId]);
}
