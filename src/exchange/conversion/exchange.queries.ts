import { mergedLists, mergedWrites } from '../../platform/batching/merged.ts';
import type { Db, Tx } from '../../platform/database.ts';
import type { CurrencyPair } from './caps.rules.ts';
import type { Exchange } from './exchange.ts';

interface ExchangeRow {
  id: string;
  member_id: string;
  partner_id: string | null;
  quote_id: string | null;
  redemption_id: string | null;
  from_no: number;
  to_no: number;
  debited: bigint;
  credited: bigint;
  fee_points: bigint;
  fee_micros: bigint;
  spread_micros: bigint;
  cycle: number;
  recorded_at: Date;
  lot_id: string;
}

function toExchange(row: ExchangeRow): Exchange {
  return {
    id: row.id,
    memberId: row.member_id,
    partnerId: row.partner_id ?? undefined,
    quoteId: row.quote_id ?? undefined,
    redemptionId: row.redemption_id ?? undefined,
    fromNo: row.from_no,
    toNo: row.to_no,
    debited: row.debited,
    credited: row.credited,
    feePoints: row.fee_points,
    feeMicros: row.fee_micros,
    spreadMicros: row.spread_micros,
    cycle: row.cycle,
    recordedAt: row.recorded_at,
    lotId: row.lot_id,
  };
}

/** Stores exchanges that were posted. */
export const insertExchanges = mergedWrites('STORE', (tx: Tx, exchanges: readonly Exchange[]): void => {
  tx.later(
    `insert into exchange.exchanges (id, member_id, partner_id, quote_id, redemption_id, from_no, to_no, debited, credited, fee_points, fee_micros,
       spread_micros, cycle, recorded_at, lot_id)
     select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::smallint[], $7::smallint[], $8::bigint[], $9::bigint[],
       $10::bigint[], $11::bigint[], $12::bigint[], $13::integer[], $14::timestamptz[], $15::uuid[])`,
    [
      exchanges.map((e) => e.id),
      exchanges.map((e) => e.memberId),
      exchanges.map((e) => e.partnerId ?? null),
      exchanges.map((e) => e.quoteId ?? null),
      exchanges.map((e) => e.redemptionId ?? null),
      exchanges.map((e) => e.fromNo),
      exchanges.map((e) => e.toNo),
      exchanges.map((e) => e.debited),
      exchanges.map((e) => e.credited),
      exchanges.map((e) => e.feePoints),
      exchanges.map((e) => e.feeMicros),
      exchanges.map((e) => e.spreadMicros),
      exchanges.map((e) => e.cycle),
      exchanges.map((e) => e.recordedAt),
      exchanges.map((e) => e.lotId),
    ],
  );
});

/** Exchanges by id, for `load`; undefined where there is none. */
export const readExchanges = mergedLists('READ', async (db: Db, ids: readonly string[]): Promise<(Exchange | undefined)[]> => {
  const rows = await db.rows<ExchangeRow>('select * from exchange.exchanges where id = any($1::uuid[])', [ids]);
  const byId = new Map(rows.map((row) => [row.id, toExchange(row)]));
  return ids.map((id) => byId.get(id));
});

/** Since when a member's points of a pair of currencies are counted. */
export interface GivenSince extends CurrencyPair {
  readonly memberId: string;
  readonly day: Date;
  readonly month: Date;
  readonly year: Date;
}

/** Points that members have given of pairs of currencies since each of three instants. */
export const readGiven = mergedLists(
  'READ',
  (db: Db, all: readonly GivenSince[]): Promise<{ readonly day: bigint; readonly month: bigint; readonly year: bigint }[]> =>
    db.rows(
      `select given.* from unnest($1::uuid[], $2::smallint[], $3::smallint[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[]) with ordinality
         as s (member_id, from_no, to_no, day, month, year, n)
       cross join lateral (
         select coalesce(sum(x.debited) filter (where x.recorded_at >= s.day), 0)::bigint as day,
           coalesce(sum(x.debited) filter (where x.recorded_at >= s.month), 0)::bigint as month,
           coalesce(sum(x.debited), 0)::bigint as year
         from exchange.exchanges x
         where x.member_id = s.member_id and x.from_no = s.from_no and x.to_no = s.to_no and x.recorded_at >= s.year
       ) given
       order by s.n`,
      [
        all.map(({ memberId }) => memberId),
        all.map(({ fromNo }) => fromNo),
        all.map(({ toNo }) => toNo),
        all.map(({ day }) => day),
        all.map(({ month }) => month),
        all.map(({ year }) => year),
      ],
    ),
);

interface WantedPoints {
  readonly memberId: string;
  readonly currencyNo: number;
  readonly now: Date;
}

/** Points of wallets that can be given: available and not expired. */
export const readSpendable = mergedLists('READ', async (db: Db, all: readonly WantedPoints[]): Promise<bigint[]> => {
  const rows = await db.rows<{ points: bigint }>(
    `select (
       select coalesce(sum(l.available), 0)::bigint
       from ledger.accounts a
       join ledger.lots l on l.account_id = a.id and l.available > 0 and (l.expires_at is null or l.expires_at > w.now)
       where a.kind = 'WALLET' and a.owner = w.member_id and a.unit = w.unit and a.topic is null
     ) as points
     from unnest($1::uuid[], $2::smallint[], $3::timestamptz[]) with ordinality as w (member_id, unit, now, n)
     order by w.n`,
    [all.map(({ memberId }) => memberId), all.map(({ currencyNo }) => currencyNo), all.map(({ now }) => now)],
  );
  return rows.map(({ points }) => points);
});
