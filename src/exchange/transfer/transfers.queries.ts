import type { Db, Tx } from '../../platform/database.ts';
import type { Transfer } from './transfer.ts';

/** Transfers by id, for `load`; undefined where there is none. */
export async function readTransfers(db: Db, ids: readonly string[]): Promise<(Transfer | undefined)[]> {
  const rows = await db.rows<Omit<Transfer, 'note'> & { note: string | null }>(
    `select id, from_member as "fromMemberId", to_member as "toMemberId", currency_no as "currencyNo", points, note, created_at as at
     from exchange.transfers where id = any($1::uuid[])`,
    [ids],
  );
  const byId = new Map(rows.map((row) => [row.id, { ...row, note: row.note ?? undefined }]));
  return ids.map((id) => byId.get(id));
}

/** Points of a currency that a member has given since each of two instants. The wallet's lock keeps others from giving meanwhile. */
export async function givenSince(
  tx: Tx,
  memberId: string,
  currencyNo: number,
  { day, year }: { readonly day: Date; readonly year: Date },
): Promise<{ readonly day: bigint; readonly year: bigint }> {
  const [given] = await tx.rows<{ day: bigint; year: bigint }>(
    `select coalesce(sum(points) filter (where created_at >= $3), 0)::bigint as day, coalesce(sum(points), 0)::bigint as year
     from exchange.transfers where from_member = $1 and currency_no = $2 and created_at >= $4`,
    [memberId, currencyNo, day.toISOString(), year.toISOString()],
  );
  return given ?? { day: 0n, year: 0n };
}

export async function insertTransfer(tx: Tx, t: Transfer): Promise<void> {
  await tx.rows(
    `insert into exchange.transfers (id, from_member, to_member, currency_no, points, note, created_at) values ($1, $2, $3, $4, $5, $6, $7)`,
    [t.id, t.fromMemberId, t.toMemberId, t.currencyNo, t.points, t.note ?? null, t.at.toISOString()],
  );
}
