import { type Db, isPool } from '../../platform/database.ts';

/** Exact micros of one statement line of a partner as it stands in the open cycle; + the partner receives, - it pays. */
export interface OpenLine {
  readonly type: 'FUNDING' | 'REIMBURSEMENT';
  /** The point currency of a funding line. */
  readonly currencyNo: number | null;
  readonly micros: bigint;
}

/** A partner's lines up to a version of its money account. */
interface Progress {
  readonly cycle: number;
  readonly version: bigint;
  readonly lines: readonly OpenLine[];
}

/** What came since; without a type when nothing did that counts in a line. */
interface NewLine extends Omit<OpenLine, 'type'> {
  readonly type: OpenLine['type'] | null;
  readonly owner: string;
  readonly cycle: number;
  readonly version: bigint;
}

const MEMORY_KEY = 'settlement.open-lines';

/**
 * The lines of partners in the open cycle: funding by point currency, reimbursement over all of them (domain 3.6).
 * A cycle may hold millions of entries, and entries never change: sums are remembered with the version of the account that they
 * reach to, and only what came since is read. Not inside a transaction, which could see what is rolled back later.
 */
export async function readOpenLines(db: Db, partnerIds: readonly string[]): Promise<(readonly OpenLine[])[]> {
  const remembered = isPool(db) ? memoryOf(db) : new Map<string, Progress>();
  const before = partnerIds.map((id) => remembered.get(id));
  const rows = await readNewLines(
    db,
    partnerIds,
    before.map((progress) => progress?.version ?? 0n),
  );
  const news = Map.groupBy(rows, (row) => row.owner);
  return partnerIds.map((id, at) => {
    const progress = advance(before[at], news.get(id) ?? []);
    // Others may have read on in the meantime.
    if (progress !== undefined && progress.version >= (remembered.get(id)?.version ?? 0n)) remembered.set(id, progress);
    return progress?.lines ?? [];
  });
}

function memoryOf(db: Db): Map<string, Progress> {
  const known = db.memory.get(MEMORY_KEY) as Map<string, Progress> | undefined;
  if (known !== undefined) return known;
  const empty = new Map<string, Progress>();
  db.memory.set(MEMORY_KEY, empty);
  return empty;
}

function advance(before: Progress | undefined, rows: readonly NewLine[]): Progress | undefined {
  const [first] = rows;
  if (first === undefined) return before;
  const { cycle, version } = first;
  const lines = new Map<string, OpenLine>();
  for (const { type, currencyNo, micros } of [...(before?.cycle === cycle ? before.lines : []), ...rows]) {
    if (type === null) continue;
    const key = `${type} ${currencyNo}`;
    lines.set(key, { type, currencyNo, micros: micros + (lines.get(key)?.micros ?? 0n) });
  }
  return { cycle, version, lines: [...lines.values()] };
}

/**
 * What entries above a version add to the lines. What the issuer of unfunded points pays when they are burned elsewhere is funding too.
 * An issuer of one currency funds that one; of several, the currency is the one whose points left or entered the wallet, or whose pool was paid.
 */
function readNewLines(db: Db, partnerIds: readonly string[], versions: readonly bigint[]): Promise<NewLine[]> {
  return db.rows<NewLine>(
    `select a.owner, c.no as cycle, a.version, line.type, line.currency_no as "currencyNo", coalesce(line.micros, 0)::bigint as micros
     from ledger.cycles c
     cross join unnest($1::uuid[], $2::bigint[]) as k (owner, version)
     join ledger.accounts a on a.kind = 'PARTNER' and a.owner = k.owner and a.unit = 0 and a.topic is null
     cross join lateral (
       select case when count(*) = 1 then min(i.unit) end from ledger.accounts i where i.kind = 'ISSUANCE' and i.owner = a.owner
     ) only_issued (unit)
     left join lateral (
       select kind.type, kind.currency_no, sum(e.available) as micros
       from ledger.entries e
       join ledger.postings p on p.id = e.posting_id and p.cycle = c.no
       cross join lateral (
         select case when reimbursed then 'REIMBURSEMENT' else 'FUNDING' end,
           case
             when reimbursed then null
             when p.code >= 'accrual.pending' and p.code <= 'accrual.reversed' and only_issued.unit is not null then only_issued.unit
             else (
               select case when x.kind = 'WALLET' then w.unit else x.topic end from ledger.entries w
               join ledger.accounts x on x.id = w.account_id and x.kind in ('WALLET', 'POOL')
               where w.posting_id = p.id order by x.kind, w.available limit 1
             )
           end
         from (select p.code in ('redemption.captured', 'redemption.refunded')) as r (reimbursed)
       ) kind (type, currency_no)
       where e.account_id = a.id and e.version > k.version and e.available <> 0
       group by kind.type, kind.currency_no
     ) line on true
     where c.status = 'OPEN'`,
    [partnerIds, versions],
  );
}
