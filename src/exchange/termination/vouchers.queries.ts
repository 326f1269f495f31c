import { mergedLists, mergedWrites } from '../../platform/batching/merged.ts';
import type { Db, Tx } from '../../platform/database.ts';
import type { Voucher } from './voucher.ts';

const COLUMNS = `v.id, v.code, v.contract_id as "contractId", v.member_id as "memberId", v.currency_no as "currencyNo", v.points, v.micros,
  v.amount_minor as "amountMinor", v.status, v.issued_at as "issuedAt", v.redeemed_at as "redeemedAt"`;

/** Vouchers by id, for `load`; undefined where there is none. */
export const readVouchers = mergedLists('READ', async (db: Db, ids: readonly string[]): Promise<(Voucher | undefined)[]> => {
  const rows = await db.rows<Voucher>(`select ${COLUMNS} from exchange.vouchers v where v.id = any($1::uuid[])`, [ids]);
  const byId = new Map(rows.map((voucher) => [voucher.id, voucher]));
  return ids.map((id) => byId.get(id));
});

/** A page of a member's vouchers. */
export interface VoucherPage {
  readonly memberId: string;
  readonly size: number;
  readonly after: string | undefined;
  readonly before: string | undefined;
  readonly backwards: boolean;
}

/** For each page the vouchers, oldest first, one more than it holds; backwards the newest first. */
export async function readVoucherPages(db: Db, pages: readonly VoucherPage[]): Promise<Voucher[][]> {
  const rows = await db.rows<Voucher & { n: bigint }>(
    `select p.n, v.*
     from unnest($1::uuid[], $2::integer[], $3::uuid[], $4::uuid[], $5::boolean[]) with ordinality
       as p (member_id, size, after, before, backwards, n)
     cross join lateral (
       select ${COLUMNS} from exchange.vouchers v
       where v.member_id = p.member_id and (p.after is null or v.id > p.after) and (p.before is null or v.id < p.before)
       order by case when p.backwards then v.id end desc, v.id
       limit p.size + 1
     ) v
     order by p.n, case when p.backwards then v.id end desc, v.id`,
    [
      pages.map(({ memberId }) => memberId),
      pages.map(({ size }) => size),
      pages.map(({ after }) => after ?? null),
      pages.map(({ before }) => before ?? null),
      pages.map(({ backwards }) => backwards),
    ],
  );
  const byPage = Map.groupBy(rows, ({ n }) => Number(n));
  return pages.map((_, at) => (byPage.get(at + 1) ?? []).map(({ n: _n, ...voucher }) => voucher));
}

/** Vouchers by their codes, as they are when nobody else changes them; undefined where there is none. Shared accounts are locked after. */
export const lockVouchers = mergedLists(
  'VOUCHERS',
  async (tx: Tx, codes: readonly string[]): Promise<(Voucher | undefined)[]> => {
    const rows = await tx.rows<Voucher>(
      `select ${COLUMNS} from exchange.vouchers v where v.code = any($1::text[]) order by v.code for update`,
      [codes],
    );
    const byCode = new Map(rows.map((voucher) => [voucher.code, voucher]));
    return codes.map((code) => byCode.get(code));
  },
  (code) => `voucher ${code}`,
);

/** Stores when vouchers that are locked were redeemed. */
export const storeRedeemed = mergedWrites('STORE', (tx: Tx, vouchers: readonly Voucher[]): void => {
  tx.later(
    `update exchange.vouchers v set status = 'REDEEMED', redeemed_at = n.redeemed_at from unnest($1::uuid[], $2::timestamptz[]) as n (id, redeemed_at)
     where v.id = n.id`,
    [vouchers.map(({ id }) => id), vouchers.map(({ redeemedAt }) => redeemedAt)],
  );
});
