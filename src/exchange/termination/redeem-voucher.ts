import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { type Attempt, once } from '../../platform/idempotency.ts';
import type { Voucher } from './voucher.ts';
import { lockVouchers, readVouchers, storeRedeemed } from './vouchers.queries.ts';

export interface RedeemVoucher {
  readonly attempt: Attempt;
  readonly code: string;
}

/** The operator pays a voucher, once. No posting: its value became the operator's to pay when the points were bought back. */
export function redeemVoucher(tx: Tx, { attempt, code }: RedeemVoucher): Promise<Outcome<{ value: Voucher; replayed: boolean }>> {
  return once<Voucher>(
    tx,
    attempt,
    async (recorded) => {
      const [voucher] = await readVouchers(tx, [String(recorded.voucher)]);
      if (voucher === undefined) throw new Error(`voucher ${String(recorded.voucher)} is gone`);
      return voucher;
    },
    async () => {
      const [voucher] = await lockVouchers(tx, code.includes('\0') ? [] : [code]);
      if (voucher === undefined) return invalid('code', 'There is no voucher with this code.');
      if (voucher.status === 'REDEEMED') return invalid('code', `The voucher was redeemed at ${voucher.redeemedAt?.toISOString()}.`);
      const { now } = await coalitionNow(tx);
      const value: Voucher = { ...voucher, status: 'REDEEMED', redeemedAt: now };
      await storeRedeemed(tx, [value]);
      return done({ value, record: { voucher: voucher.id } });
    },
  );
}
