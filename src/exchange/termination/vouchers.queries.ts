import type { Db, Tx } from '../../platform/database.ts';
import type { Voucher } from './voucher.ts';

const COLUMNS = `v.id, v.code, v.contract_id as "contractId", v.member_id as "memberId", v.currency_no as "currencyNo", v.points, v.micros,
  v.amount_minor as "amountMinor", v.status, v.issued_at as "issuedAt", v.redeemed_at as "redeemedAt"`;

/** Vouchers by id, for `load`; undefined where there is none. */
export async function readVouchers(db: Db, ids: readonly string[]): Promise<(Voucher | undefined)[]> {
  const rows = await db.rows<Voucher>(`select ${COLUMNS} from exchange.vouchers v where v.id = any($1::uuid[])`, [ids]);
  const byId = new Map(rows.map((voucher) => [voucher.id, voucher]));
  return ids.map((id) => byId.get(id));
}

/** The vouchers of each member, oldest first. */
export async function readVouchersOf(db: Db, memberIds: readonly string[]): Promise<Voucher[][]> {
  const rows = await db.rows<Voucher>(`select ${COLUMNS} from exchange.vouchers v where v.member_id = any($1::uuid[]) order by v.id`, [
    memberIds,
  ]);
  const byMember = Map.groupBy(rows, ({ memberId }) => memberId);
  return memberIds.map((id) => byMember.get(id) ?? []);
}

/** The voucher with a code, as it is when nobody else changes it. */
export async function lockVoucher(tx: Tx, code: string): Promise<Voucher | undefined> {
  const [voucher] = await tx.rows<Voucher>(`select ${COLUMNS} from exchange.vouchers v where v.code = $1 for update`, [code]);
  return voucher;
}
