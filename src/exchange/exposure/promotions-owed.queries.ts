import type { Stretch } from '../../partners/contracts/clauses/joint-promotion/funded-shares.rules.ts';
import type { Db } from '../../platform/database.ts';

/**
 * What joint promotions owe for what they gave in stretches of time, pending accruals included, in micros; never less than nothing unless
 * more was given back than taken. A promotion that was always paid for in the same way owes what its accounts hold: nothing else is read.
 */
export async function readPromotionsOwed(db: Db, stretches: readonly Stretch[]): Promise<bigint[]> {
  const isWhole = ({ since, until }: Stretch) => since === undefined && until === undefined;
  const [whole, parts] = [stretches.filter(isWhole), stretches.filter((stretch) => !isWhole(stretch))];
  const [all, some] = [
    whole.length === 0 ? new Map<string, bigint>() : await readOwed(db, whole),
    parts.length === 0 ? [] : await readOwedWithin(db, parts),
  ];
  const byPart = new Map(parts.map((stretch, at) => [stretch, some[at]]));
  return stretches.map((stretch) => (isWhole(stretch) ? all.get(stretch.promotionId) : byPart.get(stretch)) ?? 0n);
}

async function readOwed(db: Db, whole: readonly Stretch[]): Promise<Map<string, bigint>> {
  const rows = await db.rows<{ owner: string; owed: bigint }>(
    `select owner, -sum(available + pending)::bigint as owed from ledger.accounts
     where kind = 'JOINT' and owner = any($1::uuid[]) and unit = 0 group by owner`,
    [whole.map(({ promotionId }) => promotionId)],
  );
  return new Map(rows.map(({ owner, owed }) => [owner, owed]));
}

/**
 * What is reversed later, or confirmed, belongs to the instant of its purchase; a purchase that is not stored yet occurred with its posting.
 * What closed cycles had is on statements; pending accruals are owed whenever they were made.
 */
async function readOwedWithin(db: Db, parts: readonly Stretch[]): Promise<bigint[]> {
  const rows = await db.rows<{ no: bigint; owed: bigint }>(
    `select s.no, -sum(
         case when ledger.counts_in(p.cycle, p.occurred_at, c.no, c.starts_at, c.cutoff, true) then e.available else 0 end + coalesce((e.aside).pending, 0)
       )::bigint as owed
     from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) with ordinality as s (promotion, since, until, no)
     join ledger.accounts a on a.kind = 'JOINT' and a.owner = s.promotion and a.unit = 0
     join ledger.entries e on e.account_id = a.id
     join ledger.postings p on p.id = e.posting_id and p.code <> 'cycle.cleared'
     join ledger.cycles c on c.status = 'OPEN'
     left join exchange.accruals x on x.id = p.reference
     where coalesce(x.occurred_at, p.occurred_at) >= coalesce(s.since, '-infinity')
       and coalesce(x.occurred_at, p.occurred_at) < coalesce(s.until, 'infinity')
     group by s.no`,
    [parts.map(({ promotionId }) => promotionId), parts.map(({ since }) => since ?? null), parts.map(({ until }) => until ?? null)],
  );
  const byNo = new Map(rows.map(({ no, owed }) => [Number(no), owed]));
  return parts.map((_, at) => byNo.get(at + 1) ?? 0n);
}
