import { isOfPosting } from '../../ledger/entries-of-posting.ts';
import { type Db, isPool } from '../../platform/database.ts';
import { remembered } from '../../platform/remembered.ts';
import type { Cycle } from '../cycles/cycle.ts';
import type { ChangedTerms } from './changed-terms.rules.ts';
import { CYCLE } from './cycle-entries.ts';

/** What one account brought a figure in a cycle, by spell, up to a version of it. */
interface Progress {
  readonly cycle: number;
  readonly version: bigint;
  readonly sums: readonly bigint[];
}

/** What came since. */
interface NewSum {
  readonly name: string;
  readonly key: string;
  readonly version: bigint;
  readonly spell: number | null;
  readonly micros: bigint;
}

const MEMORY_KEY = 'settlement.spells';

/**
 * Exact sums of a cycle by the terms that were in force when their parts occurred, the first spell first: a refund with its
 * capture, what happens to an accrual later with its purchase. One statement for all; like movements, sums are remembered, and only what
 * came since is read.
 */
export async function readSpellSums(db: Db, cycle: Cycle, changes: readonly ChangedTerms[]): Promise<Map<string, readonly bigint[]>> {
  const sums = new Map<string, bigint[]>();
  if (changes.length === 0) return sums;
  const remembered = cycle.status === 'OPEN' && isPool(db) ? memoryOf(db) : new Map<string, Progress>();
  const known = new Map([...remembered].filter(([, progress]) => progress.cycle === cycle.no));
  const rows = await readNewSums(db, cycle, changes, known);
  for (const [name, added] of Map.groupBy(rows, (row) => row.name)) {
    const [first] = added;
    if (first === undefined) continue;
    const before = known.get(name);
    const cuts = changes.find(({ key }) => key === first.key)?.cuts ?? [];
    const total = [...(before?.sums ?? Array.from({ length: cuts.length + 1 }, () => 0n))];
    for (const { spell, micros } of added) if (spell !== null) total[spell] = (total[spell] ?? 0n) + micros;
    // Others may have read on in the meantime.
    if (first.version >= (remembered.get(name)?.version ?? 0n))
      remembered.set(name, { cycle: cycle.no, version: first.version, sums: total });
    const sum = sums.get(first.key) ?? Array.from(total, () => 0n);
    sums.set(
      first.key,
      sum.map((micros, at) => micros + (total[at] ?? 0n)),
    );
  }
  return sums;
}

function memoryOf(db: Db): Map<string, Progress> {
  return remembered(db, MEMORY_KEY, () => new Map<string, Progress>());
}

/** The name of a memory says by which cuts it was summed: once a new version has begun, all is read again. */
function readNewSums(db: Db, cycle: Cycle, changes: readonly ChangedTerms[], known: ReadonlyMap<string, Progress>): Promise<NewSum[]> {
  return db.rows<NewSum>(
    `select s.name, s.key, s.until as version, sum.spell, coalesce(sum.micros, 0)::bigint as micros
     from ${CYCLE}
     cross join lateral (
       select s.key, s.kind, s.cuts, s.partner, a.id, concat_ws(' ', a.id, s.cuts, s.partner) as name,
         coalesce(k.version, ledger.version_before_cycle(a.id, c.no)) as since,
         case when c.status = 'OPEN' then a.version else ledger.version_at_close(a.id, c.no) end as until
       from unnest($2::text[], $3::ledger.account_kind[], $4::uuid[], $5::smallint[], $6::smallint[], $7::text[], $10::uuid[])
         as s (key, kind, owner, unit, topic, cuts, partner)
       join ledger.accounts a on a.kind = s.kind and a.unit = s.unit and a.owner is not distinct from s.owner
         and (s.topic is null or a.topic = s.topic)
       left join unnest($8::text[], $9::bigint[]) as k (name, version) on k.name = concat_ws(' ', a.id, s.cuts, s.partner)
       offset 0
     ) s
     left join lateral (
       select width_bucket(coalesce(j.occurred_at, r.captured_at, p.occurred_at), s.cuts::timestamptz[]) as spell,
         sum(case when s.kind = 'EXPIRED' then (
           select sum(o.available) from ledger.entries o
           join ledger.accounts x on x.id = o.account_id and x.kind = 'OPERATOR' and x.topic is null
           where ${isOfPosting('o', 'p.id')}
         ) else e.available end) as micros
       from ledger.entries e
       join ledger.postings p on p.id = e.posting_id and ledger.counts_in(p.cycle, p.occurred_at, c.no, c.starts_at, c.cutoff, c.status = 'OPEN')
         and p.code <> 'cycle.cleared'
       left join exchange.accruals j on s.kind = 'JOINT' and j.id = p.reference
       left join exchange.redemptions r on p.code = 'redemption.refunded' and r.id = p.reference
       where e.account_id = s.id and e.version > s.since and e.version <= s.until and e.available <> 0
         and (s.kind <> 'PARTNER' or p.code in ('redemption.captured', 'redemption.refunded', 'exchange.redeemed'))
         and (s.kind <> 'EXPIRED' or (p.code = 'lot.expired' and p.partner = s.partner))
       group by 1
     ) sum on true`,
    [
      cycle.no,
      changes.map(({ key }) => key),
      changes.map(({ kind }) => kind),
      changes.map(({ owner }) => owner),
      changes.map(({ unit }) => unit),
      changes.map(({ topic }) => topic),
      changes.map(({ cuts }) => `{${cuts.map((cut) => cut.toISOString()).join(',')}}`),
      [...known.keys()],
      [...known.values()].map(({ version }) => version),
      changes.map(({ partner }) => partner ?? null),
    ],
  );
}
