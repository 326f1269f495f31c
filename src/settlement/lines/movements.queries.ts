import { type Db, isPool } from '../../platform/database.ts';
import type { Movement } from './cycle-facts.ts';

export type MovementKind = Movement['kind'];

/** What an account took part in, up to a version of it. */
interface Progress {
  readonly kind: MovementKind;
  readonly cycle: number;
  readonly version: bigint;
  readonly movements: readonly Movement[];
}

/** What came since; without an account when nothing did, without a code when nothing of it counts. */
interface NewMovement extends Omit<Movement, 'code'> {
  readonly cycle: number;
  readonly accountId: bigint | null;
  readonly version: bigint;
  readonly code: Movement['code'] | null;
}

const MEMORY_KEY = 'settlement.movements';

/**
 * What accounts of some kinds took part in during the open cycle. A cycle may hold millions of entries, and entries never change: sums are
 * remembered with the version of the account that they reach to, and only what came since is read, in one statement.
 * Not inside a transaction, which could see what is rolled back later.
 */
export async function readMovements(db: Db, kinds: readonly MovementKind[]): Promise<Movement[]> {
  const remembered = isPool(db) ? memoryOf(db) : new Map<bigint, Progress>();
  const known = new Map([...remembered].filter(([, { kind }]) => kinds.includes(kind)));
  const rows = await readNewMovements(db, kinds, known);
  const cycle = rows[0]?.cycle;
  const news = Map.groupBy(rows, ({ accountId }) => accountId);
  for (const [accountId, added] of news) {
    const [first] = added;
    if (accountId === null || first === undefined) continue;
    const progress = advance(known.get(accountId), first, added);
    known.set(accountId, progress);
    // Others may have read on in the meantime.
    if (progress.version >= (remembered.get(accountId)?.version ?? 0n)) remembered.set(accountId, progress);
  }
  return [...known.values()].flatMap((progress) => (progress.cycle === cycle ? progress.movements : []));
}

function memoryOf(db: Db): Map<bigint, Progress> {
  const known = db.memory.get(MEMORY_KEY) as Map<bigint, Progress> | undefined;
  if (known !== undefined) return known;
  const empty = new Map<bigint, Progress>();
  db.memory.set(MEMORY_KEY, empty);
  return empty;
}

function advance(before: Progress | undefined, { kind, cycle, version }: NewMovement, rows: readonly NewMovement[]): Progress {
  const movements = new Map<string, Movement>();
  for (const { owner, unit, topic, code, partnerId, currencyNo, amount, operatorAmount, postings } of [
    ...(before?.cycle === cycle ? before.movements : []),
    ...rows,
  ]) {
    if (code === null) continue;
    const key = `${code} ${partnerId} ${currencyNo}`;
    const sum = movements.get(key);
    movements.set(key, {
      ...{ kind, owner, unit, topic, code, partnerId, currencyNo },
      amount: amount + (sum?.amount ?? 0n),
      operatorAmount: operatorAmount + (sum?.operatorAmount ?? 0n),
      postings: postings + (sum?.postings ?? 0n),
    });
  }
  return { kind, cycle, version, movements: [...movements.values()] };
}

/**
 * What entries above the known versions add. The currency of what a partner or the operator took part in is the one whose points left or
 * entered the wallet, or whose pool or block was paid; an issuer of one currency earns that one, which need not be looked up.
 * What the operator had of the points of a joint promotion is told with the promotion, which has few, and not looked for among all it had.
 */
function readNewMovements(db: Db, kinds: readonly MovementKind[], known: ReadonlyMap<bigint, Progress>): Promise<NewMovement[]> {
  return db.rows<NewMovement>(
    `with issued as materialized (
       select owner, case when count(*) = 1 then min(unit) end as unit from ledger.accounts where kind = 'ISSUANCE' group by owner
     )
     select c.no as cycle, a.id as "accountId", a.version, a.kind::text as kind, a.owner, a.unit, a.topic,
       sum.code, sum.partner as "partnerId", sum.currency_no as "currencyNo",
       coalesce(sum.amount, 0)::bigint as amount, coalesce(sum.operators, 0)::bigint as "operatorAmount", coalesce(sum.postings, 0) as postings
     from ledger.cycles c
     left join (
       select a.*, k.version as known
       from ledger.accounts a left join unnest($2::bigint[], $3::bigint[]) as k (account_id, version) on k.account_id = a.id
       where a.kind = any($1::ledger.account_kind[]) and a.version > coalesce(k.version, -1)
     ) a on true
     left join lateral (
       select p.code::text as code, which.partner, which.currency_no, sum(e.available) as amount, sum(which.operators) as operators, count(*) as postings
       from ledger.entries e
       join ledger.postings p on p.id = e.posting_id and p.cycle = c.no
       cross join lateral (
         select
           case when a.kind in ('OPERATOR', 'JOINT') then p.partner end as partner,
           case when a.kind = 'JOINT' and a.unit = 0 then (
             select sum(o.available) from ledger.entries o
             join ledger.accounts x on x.id = o.account_id and x.kind = 'OPERATOR' and x.topic is null
             where o.posting_id = p.id
           ) end as operators,
           case
             when a.kind = 'JOINT' and a.unit = 0 then coalesce((select i.unit from issued i where i.owner = p.partner), a.topic)
             when a.kind in ('PARTNER', 'OPERATOR') and a.topic is null
               and p.code not in ('redemption.captured', 'redemption.refunded', 'exchange.redeemed') then coalesce(
               case when p.code <= 'accrual.reversed' then (
                 select i.unit from issued i where i.owner = case when a.kind = 'PARTNER' then a.owner else p.partner end
               ) end,
               (
                 select case when x.kind = 'WALLET' then w.unit else x.topic end from ledger.entries w
                 join ledger.accounts x on x.id = w.account_id and x.kind in ('WALLET', 'POOL', 'PREPAID')
                 where w.posting_id = p.id order by x.kind, w.available limit 1
               )
             )
           end as currency_no
       ) which
       where e.account_id = a.id and e.version > coalesce(a.known, ledger.version_before_open_cycle(a.id)) and e.available <> 0
       group by p.code, which.partner, which.currency_no
     ) sum on true
     where c.status = 'OPEN'`,
    [kinds, [...known.keys()], [...known.values()].map(({ version }) => version)],
  );
}
