import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { type Attempt, once } from '../../platform/idempotency.ts';
import type { Voucher } from './voucher.ts';
import { lockVoucher, readVouchers } from './vouchers.queries.ts';

export interface RedeemVoucher {
  readonly attempt: Attempt;
  readonly code: string;
}

/** The operator pays a voucher, once. No posting: its value became the operator's to pay when the points were bought back. */
export function redeemVoucher(tx: Tx, { attempt, code }: RedeemVoucher): Promise<Outcome<{ value: Voucher; replayed: boolean }>> {
  const read = async (id: string): Promise<Voucher> => {
    const [voucher] = await readVouchers(tx, [id]);
    if (voucher === undefined) throw new Error(`voucher ${id} is gone`);
    return voucher;
  };
  return once(
    tx,
    attempt,
    (recorded) => read(String(recorded.voucher)),
    async () => {
      const voucher = code.includes('\0') ? undefined : await lockVoucher(tx, code);
      if (voucher === undefined) return invalid('code', 'There is no voucher with this code.');
      if (voucher.status === 'REDEEMED') return invalid('code', `The voucher was redeemed at ${voucher.redeemedAt?.toISOString()}.`);
      const { now } = await coalitionNow(tx);
      await tx.rows("update exchange.vouchers set status = 'REDEEMED', redeemed_at = $2 where id = $1", [voucher.id, now.toISOString()]);
      return done({ value: await read(voucher.id), record: { voucher: voucher.id } });
    },
  );
}
