import { mergedLists, mergedWrites } from '../../platform/batching/merged.ts';
import type { Db, Tx } from '../../platform/database.ts';
import type { Transfer } from './transfer.ts';

/** Transfers by id, for `load`; undefined where there is none. */
export const readTransfers = mergedLists('READ', async (db: Db, ids: readonly string[]): Promise<(Transfer | undefined)[]> => {
  const rows = await db.rows<Omit<Transfer, 'note'> & { note: string | null }>(
    `select id, from_member as "fromMemberId", to_member as "toMemberId", currency_no as "currencyNo", points, note, created_at as at
     from exchange.transfers where id = any($1::uuid[])`,
    [ids],
  );
  const byId = new Map(rows.map((row) => [row.id, { ...row, note: row.note ?? undefined }]));
  return ids.map((id) => byId.get(id));
});

/** What counts toward the limits of a day and a year: what a member gives of a currency since two instants. */
interface GivenSince {
  readonly memberId: string;
  readonly currencyNo: number;
  readonly day: Date;
  readonly year: Date;
}

/** Points of currencies that members have given since each of two instants. The wallet's lock keeps others from giving meanwhile. */
export const givenSince = mergedLists(
  'READ',
  (tx: Tx, all: readonly GivenSince[]): Promise<{ readonly day: bigint; readonly year: bigint }[]> =>
    tx.rows(
      `select given.* from unnest($1::uuid[], $2::smallint[], $3::timestamptz[], $4::timestamptz[]) with ordinality
         as s (member_id, currency_no, day, year, n)
       cross join lateral (
         select coalesce(sum(t.points) filter (where t.created_at >= s.day), 0)::bigint as day, coalesce(sum(t.points), 0)::bigint as year
         from exchange.transfers t where t.from_member = s.member_id and t.currency_no = s.currency_no and t.created_at >= s.year
       ) given
       order by s.n`,
      [
        all.map(({ memberId }) => memberId),
        all.map(({ currencyNo }) => currencyNo),
        all.map(({ day }) => day),
        all.map(({ year }) => year),
      ],
    ),
);

/** Stores transfers that were posted. */
export const insertTransfers = mergedWrites('STORE', (tx: Tx, transfers: readonly Transfer[]): void => {
  tx.later(
    `insert into exchange.transfers (id, from_member, to_member, currency_no, points, note, created_at)
     select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::bigint[], $6::text[], $7::timestamptz[])`,
    [
      transfers.map((t) => t.id),
      transfers.map((t) => t.fromMemberId),
      transfers.map((t) => t.toMemberId),
      transfers.map((t) => t.currencyNo),
      transfers.map((t) => t.points),
      transfers.map((t) => t.note ?? null),
      transfers.map((t) => t.at),
    ],
  );
});
