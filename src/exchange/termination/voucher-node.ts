import { loadCoalition } from '../../partners/load-coalition.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden } from '../../platform/graphql/rights.ts';
import { toVoucher, type VoucherType } from './voucher.types.ts';
import { readVouchers } from './vouchers.queries.ts';

/** A voucher by its stored id: for its member and the operator. */
export async function voucherNode(context: Context, id: string): Promise<VoucherType | undefined> {
  const voucher = await context.load(readVouchers, id);
  if (voucher === undefined) return undefined;
  const { viewer } = context;
  if (viewer.role !== 'OPERATOR' && !(viewer.role === 'MEMBER' && viewer.memberId === voucher.memberId)) throw forbidden();
  return toVoucher(await loadCoalition(context), voucher);
}
