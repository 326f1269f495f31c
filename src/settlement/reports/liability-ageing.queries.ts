import type { Db } from '../../platform/database.ts';

/** Points of one currency and age that are outstanding, held ones included. */
export interface AgedPoints {
  readonly currencyNo: number;
  /** How many of the cuts lie at the instant at which they were earned, or before it. */
  readonly age: number;
  readonly points: bigint;
  /** What burning them would take from the pool, lot by lot at the price each was issued at. */
  readonly micros: bigint;
}

/** Where lots are counted: of one issuer or of all, by cuts in ascending order. */
interface Wanted {
  readonly issuerId: string | undefined;
  readonly cuts: readonly Date[];
}

const sumsOf = (lots: string): string =>
  `select a.unit as "currencyNo", width_bucket(l.earned_at, $2::timestamptz[]) as age, sum(l.points)::bigint as points,
     sum(l.points * l.redemption_micros)::bigint as micros
   from (${lots}) l join ledger.accounts a on a.id = l.account_id
   where l.points <> 0
   group by 1, 2`;

const parametersOf = ({ issuerId, cuts }: Wanted): unknown[] => [issuerId ?? null, `{${cuts.map((cut) => cut.toISOString()).join(',')}}`];

/** What remains of lots now, by age. */
export function readAgesNow(db: Db, wanted: Wanted): Promise<AgedPoints[]> {
  return db.rows<AgedPoints>(
    sumsOf(
      `select l.account_id, l.earned_at, l.redemption_micros, l.available + l.held as points from ledger.lots l
       where (l.available > 0 or l.held > 0) and ($1::uuid is null or l.issuer = $1)`,
    ),
    parametersOf(wanted),
  );
}

/** What remained of lots after all that had been recorded before an instant, by age. */
export function readAgesBefore(db: Db, wanted: Wanted, before: Date): Promise<AgedPoints[]> {
  return db.rows<AgedPoints>(
    sumsOf(
      `select l.account_id, l.earned_at, l.redemption_micros, l.initial + coalesce(sum(used.points), 0) as points
       from ledger.lots l
       join ledger.postings opened on opened.id = l.posting_id and opened.recorded_at < $3::timestamptz
       left join lateral (
         select u.available + u.held as points from ledger.lot_uses u join ledger.postings p on p.id = u.posting_id
         where u.lot_id = l.id and p.recorded_at < $3::timestamptz
       ) used on true
       where $1::uuid is null or l.issuer = $1
       group by l.id`,
    ),
    [...parametersOf(wanted), before.toISOString()],
  );
}
