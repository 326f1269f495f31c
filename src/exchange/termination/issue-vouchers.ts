import { microsPerMinor } from '../../kernel/money.ts';
import type { Tx } from '../../platform/database.ts';
import { voucherCode } from './voucher.rules.ts';

/** Points of one member, currency and contract that were bought back, with their exact value. */
export interface VoucherValue {
  readonly id: string;
  readonly contractId: string;
  readonly memberId: string;
  readonly currencyNo: number;
  readonly points: bigint;
  readonly micros: bigint;
}

/**
 * Gives vouchers for points that were bought back: one for each member, currency and contract, rounded once, half away from zero.
 * What a later round buys back is added to the voucher while it is not redeemed, and rounded with it.
 */
export async function issueVouchers(tx: Tx, currency: string, issuedAt: Date, values: readonly VoucherValue[]): Promise<void> {
  if (values.length === 0) return;
  await tx.rows(
    `insert into exchange.vouchers as v (id, code, contract_id, member_id, currency_no, points, micros, amount_minor, status, issued_at)
     select n.id, n.code, n.contract_id, n.member_id, n.currency_no, n.points, n.micros, (2 * n.micros + $8) / (2 * $8), 'ISSUED', $9
     from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::smallint[], $6::bigint[], $7::bigint[])
       as n (id, code, contract_id, member_id, currency_no, points, micros)
     on conflict (contract_id, member_id, currency_no) where status = 'ISSUED' do update
     set points = v.points + excluded.points, micros = v.micros + excluded.micros,
       amount_minor = (2 * (v.micros + excluded.micros) + $8) / (2 * $8)`,
    [
      values.map(({ id }) => id),
      values.map(({ id }) => voucherCode(id)),
      values.map(({ contractId }) => contractId),
      values.map(({ memberId }) => memberId),
      values.map(({ currencyNo }) => currencyNo),
      values.map(({ points }) => points),
      values.map(({ micros }) => micros),
      microsPerMinor(currency),
      issuedAt.toISOString(),
    ],
  );
}
