import type { Db } from '../../../platform/database.ts';
import type { Break } from './break.ts';
import type { Candidate } from './suggestions.rules.ts';

/** What is known of the row that the other side does not have. */
export interface Missing extends Pick<Break, 'id' | 'runId' | 'result' | 'kind' | 'key' | 'memberId'> {
  readonly day: string | null;
  /** Decimal: what is loaded is told apart by its JSON. */
  readonly amount: string | null;
}

const MOST_CANDIDATES = 20;
const WITHIN_DAYS = 7;

/** For each break where a row is missing on one side: rows that are missing on the other and have something in common, for `load`. */
export async function readCandidates(db: Db, breaks: readonly Missing[]): Promise<Candidate[][]> {
  const here = breaks.filter(({ result }) => result === 'MISSING_HERE');
  const there = breaks.filter(({ result }) => result === 'MISSING_THERE');
  const found = new Map([
    ...(await candidatesIn(db, 'our_rows', 'MISSING_THERE', here)),
    ...(await candidatesIn(db, 'their_rows', 'MISSING_HERE', there)),
  ]);
  return breaks.map(({ id }) => found.get(id) ?? []);
}

/** Each way of being alike has an index of its own. */
const WAYS = [
  'settlement.plain_key(r.key) = settlement.plain_key(b.key)',
  `r.amount = b.amount and r.day between b.day - ${WITHIN_DAYS} and b.day + ${WITHIN_DAYS}`,
  `r.member_id = b.member_id and r.day between b.day - ${WITHIN_DAYS} and b.day + ${WITHIN_DAYS}`,
];

async function candidatesIn(
  db: Db,
  table: 'our_rows' | 'their_rows',
  result: Break['result'],
  breaks: readonly Missing[],
): Promise<Map<string, Candidate[]>> {
  if (breaks.length === 0) return new Map();
  const rows = await db.rows<Candidate & { id: string }>(
    `select distinct on (b.id, c.no) b.id, c.no, c.key, c.day, c.amount, coalesce(c.member_id = b.member_id, false) as "isSameMember"
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::date[], $7::bigint[]) as b (id, run_id, kind, key, member_id, day, amount)
     cross join lateral (
       ${WAYS.map(
         (way) => `(select r.no, r.key, r.day, r.amount, r.member_id from settlement.${table} r
           where r.run_id = b.run_id and r.result = '${result}' and r.kind = b.kind and ${way}
           order by abs(r.day - b.day), r.no limit ${MOST_CANDIDATES})`,
       ).join(' union all ')}
     ) c
     order by b.id, c.no`,
    [
      breaks.map(({ id }) => id),
      breaks.map(({ runId }) => runId),
      breaks.map(({ kind }) => kind),
      breaks.map(({ key }) => key),
      breaks.map(({ memberId }) => memberId),
      breaks.map(({ day }) => day),
      breaks.map(({ amount }) => amount),
    ],
  );
  return Map.groupBy(rows, ({ id }) => id);
}
