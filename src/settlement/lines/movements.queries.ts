import { isOfPosting } from '../../ledger/entries-of-posting.ts';
import type { Db } from '../../platform/database.ts';
import type { Cycle } from '../cycles/cycle.ts';
import { accountsOf, CURRENCY_NO, CYCLE, ENTRIES, ISSUED } from './cycle-entries.ts';
import type { Movement } from './cycle-facts.ts';
import { type Found, type Known, readOn, type Sums } from './remembered-sums.ts';

export type MovementKind = Movement['kind'];

/** What came since; without an account when nothing did, without a code when nothing of it counts. */
interface NewMovement extends Omit<Movement, 'code'>, Omit<Found<Movement>, 'sum'> {
  readonly code: Movement['code'] | null;
}

export const MOVEMENTS: Sums<Movement> = {
  name: 'movements',
  isKept: true,
  keyOf: ({ kind, owner, unit, topic, code, partnerId, currencyNo }) =>
    `${kind} ${owner} ${unit} ${topic} ${code} ${partnerId} ${currencyNo}`,
  plus: (one, other) => ({
    ...one,
    amount: one.amount + other.amount,
    operatorAmount: one.operatorAmount + other.operatorAmount,
    postings: one.postings + other.postings,
  }),
};

/** What accounts of some kinds took part in during a cycle. */
export async function readMovements(db: Db, cycle: Cycle, kinds: readonly MovementKind[]): Promise<Movement[]> {
  const movements = await readOn(db, MOVEMENTS, cycle, (known) => readNewMovements(db, kinds, known));
  return movements.filter(({ kind }) => kinds.includes(kind));
}

/**
 * What entries above the known versions add. What the operator had of the points of a joint promotion is told with the promotion, which has few, and not looked for among all it had.
 * `offset 0` keeps the way of reading: where an account begins is found once, and entries and postings are looked up by their keys.
 */
export async function readNewMovements(db: Db, kinds: readonly MovementKind[], known: Known): Promise<Found<Movement>[]> {
  const { cycleNo, accountIds, versions, recordedBefore } = known;
  const rows = await db.rows<NewMovement>(
    `with ${ISSUED}
     select a.id as "accountId", a.until as version, a.kind::text as kind, a.owner, a.unit, a.topic,
       sum.code, sum.partner as "partnerId", sum.currency_no as "currencyNo",
       coalesce(sum.amount, 0)::bigint as amount, coalesce(sum.operators, 0)::bigint as "operatorAmount", coalesce(sum.postings, 0) as postings
     from ${CYCLE}
     left join lateral ${accountsOf('a.kind = any($5::ledger.account_kind[])')} on true
     left join lateral (
       select p.code::text as code, which.partner, which.currency_no, sum(e.available) as amount, sum(which.operators) as operators, count(*) as postings
       from ${ENTRIES}
       cross join lateral (
         select
           case when a.kind in ('OPERATOR', 'JOINT') then p.partner end as partner,
           case when a.kind = 'JOINT' and a.unit = 0 then (
             select sum(o.available) from ledger.entries o
             join ledger.accounts x on x.id = o.account_id and x.kind = 'OPERATOR' and x.topic is null
             where ${isOfPosting('o', 'p.id')}
           ) end as operators,
           ${CURRENCY_NO} as currency_no
       ) which
       where e.available <> 0
       group by p.code, which.partner, which.currency_no
     ) sum on true`,
    [cycleNo, accountIds, versions, recordedBefore?.toISOString() ?? null, kinds],
  );
  return rows.map(({ accountId, version, code, ...of }) => ({ accountId, version, sum: code === null ? undefined : { ...of, code } }));
}
