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

const equal = (columns: readonly string[], other: string): string =>
  columns.map((column) => `t.${column} = ${other}.${column}`).join(' and ');

const SAID = 'no, kind, key, occurred_at, day, member_id, currency_no, amount';

/** Moves rows of theirs that `gone_theirs`, and of ours that `gone_ours` took, to where they stay; $1 is the run and $2 the rule. */
const keep = (isGroup: boolean): string => `
  kept as (
    insert into settlement.their_rows (run_id, ${SAID}, result, rule, match_no, is_group)
    select $1, ${SAID}, result, $2, match_no, ${isGroup} from gone_theirs
  ),
  kept_ours as (
    insert into settlement.our_rows (run_id, ${SAID}, source, result, rule, match_no, is_group)
    select $1, ${SAID}, source, result, $2, match_no, ${isGroup} from gone_ours returning 1
  )
  select count(*)::integer as claimed from kept_ours`;

/** What pairs of `pair (their_no, our_no, result)` claim, on both sides. */
const CLAIM = `
  gone_theirs as (delete from their_left t using pair p where t.no = p.their_no returning t.*, p.result, p.their_no as match_no),
  gone_ours as (delete from our_left o using pair p where o.no = p.our_no returning o.*, p.result, p.their_no as match_no),
  ${keep(false)}`;

/** Rows of one kind, key or amount beyond this many are not compared each with each. */
const MOST_ALIKE = 100;

/** A rule that pairs rows which are near each other. */
interface NearPairing extends Omit<Pairing, 'result' | 'where'> {
  readonly where: string;
}

/**
 * Of rows that have something in common and are near enough, those are matched first that are nearest in amount, then in day, then in the
 * fixed order: what each side has as its best, again and again until nothing is near any more. Too many alike are taken in their order.
 */
export async function pairNearest(tx: Tx, runId: string, pairing: NearPairing): Promise<void> {
  for (const currency of CURRENCIES) while ((await claimNearest(tx, runId, pairing, currency)) > 0);
  await pairUp(tx, runId, { ...pairing, result: "'MATCHED'" });
}

async function claimNearest(
  tx: Tx,
  runId: string,
  { by, where, rule }: NearPairing,
  { of, theirs }: (typeof CURRENCIES)[number],
): Promise<number> {
  const columns = of(by);
  const ranked = `row_number() over (order by ${ORDER}) as n, count(*) over (partition by ${columns.join(', ')}) as many`;
  const nearest = 'abs(o.amount - t.amount), abs(o.day - t.day), t.n, o.n';
  const [done] = await tx.rows<{ claimed: number }>(
    `with t as (select *, ${ranked} from their_left where ${theirs}), o as (select *, ${ranked} from our_left),
     near as (
       select t.no as their_no, o.no as our_no, row_number() over (partition by t.no order by ${nearest}) as for_theirs,
         row_number() over (partition by o.no order by ${nearest}) as for_ours
       from t join o on ${equal(columns, 'o')} and ${where}
       where t.many <= ${MOST_ALIKE} and o.many <= ${MOST_ALIKE}
     ),
     pair as materialized (select their_no, our_no, 'MATCHED' as result from near where for_theirs = 1 and for_ours = 1), ${CLAIM}`,
    [runId, rule],
  );
  return done?.claimed ?? 0;
}

export async function pairUp(tx: Tx, runId: string, { by, where = 'true', rule, result }: Pairing): Promise<void> {
  for (const { of, theirs } of CURRENCIES) {
    const columns = of(by);
    const rank = `row_number() over (partition by ${columns.join(', ')} order by ${ORDER}) as n`;
    await tx.rows(
      `with t as (select *, ${rank} from their_left where ${theirs}), o as (select *, ${rank} from our_left),
       pair as materialized (
         select t.no as their_no, o.no as our_no, ${result} as result from t join o on ${equal(columns, 'o')} and t.n = o.n where ${where}
       ), ${CLAIM}`,
      [runId, rule],
    );
  }
}

/** The same amount of the same member within the days, where on either side there is only one such row. */
export async function pairByMember(tx: Tx, runId: string, days: number): Promise<void> {
  const rule: Rule = 'AMOUNT_DAY_MEMBER';
  const alike = 'count(*) over (partition by kind, member_id, amount) as many';
  await tx.rows(
    `with t as (select *, ${alike} from their_left where member_id is not null), o as (select *, ${alike} from our_left),
     near as (
       select t.no as their_no, o.no as our_no, count(*) over (partition by t.no) as theirs, count(*) over (partition by o.no) as ours
       from t join o on ${equal(['kind', 'member_id', 'amount'], 'o')}
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
  { by, days, rule }: { readonly by: readonly Column[]; readonly days: number; readonly rule: Rule },
): Promise<void> {
  for (const { of, theirs } of CURRENCIES) {
    const columns = of(by);
    const sums = (table: string, condition: string) =>
      `select ${columns.join(', ')}, count(*) as n, sum(amount) as amount, min(no) as first, min(day) as lo, max(day) as hi
       from ${table} where ${condition} group by ${columns.join(', ')}`;
    await tx.rows(
      `with t as (${sums('their_left', theirs)}), o as (${sums('our_left', 'true')}),
       fit as materialized (
         select ${columns.map((column) => `t.${column}`).join(', ')}, t.first as match_no from t join o on ${equal(columns, 'o')}
         where t.amount = o.amount and least(t.n, o.n) = 1 and greatest(t.n, o.n) between 2 and ${MOST_IN_GROUP}
           and greatest(o.hi - t.lo, t.hi - o.lo) <= ${days}
       ),
       gone_theirs as (
         delete from their_left t using fit where t.${theirs} and ${equal(columns, 'fit')} returning t.*, 'MATCHED' as result, fit.match_no
       ),
       gone_ours as (delete from our_left t using fit where ${equal(columns, 'fit')} returning t.*, 'MATCHED' as result, fit.match_no),
       ${keep(true)}`,
      [runId, rule],
    );
  }
}

/** Several partial returns have one key, so of those only the ones with the same amount repeat each other. */
const PART = "case when kind in ('REVERSAL', 'REFUND') then amount end";

/** Of rows of theirs with one key, those behind the one that is matched or else the first. */
export async function markDuplicates(tx: Tx, runId: string): Promise<void> {
  await tx.rows(
    `with known as (select distinct kind, key, currency_no, ${PART} as part from settlement.their_rows where run_id = $1 and match_no is not null),
     ranked as (select no, kind, key, currency_no, ${PART} as part, row_number() over (partition by kind, key, currency_no, ${PART} order by ${ORDER}) as n from their_left),
     repeated as (
       select d.no from ranked d left join known k on k.kind = d.kind and k.key = d.key
         and coalesce(k.currency_no, -1) = coalesce(d.currency_no, -1) and coalesce(k.part, 0) = coalesce(d.part, 0)
       where d.n > 1 or k.key is not null
     ),
     gone as (delete from their_left t using repeated d where t.no = d.no returning t.*)
     insert into settlement.their_rows (run_id, ${SAID}, result) select $1, ${SAID}, 'DUPLICATE' from gone`,
    [runId],
  );
}

/** What is left is missing on the other side. */
export async function keepMissing(tx: Tx, runId: string): Promise<void> {
  await tx.rows(`insert into settlement.their_rows (run_id, ${SAID}, result) select $1, ${SAID}, 'MISSING_HERE' from their_left`, [runId]);
  await tx.rows(
    `insert into settlement.our_rows (run_id, ${SAID}, source, result) select $1, ${SAID}, source, 'MISSING_THERE' from our_left`,
    [runId],
  );
}
