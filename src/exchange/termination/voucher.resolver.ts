import { Arg, Args, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { toPage } from '../../kernel/cursor.ts';
import { parseIdOf, toPublicId } from '../../kernel/ids.ts';
import { principalOf } from '../../kernel/viewer.ts';
import { MemberType } from '../../members/member.types.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import { transactTogether } from '../../platform/batching/transact-together.ts';
import { toUserError } from '../../platform/graphql/common.types.ts';
import { badInput, type Connection, PageArgs, readPage, toConnection } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden, mayAct, viewerAs } from '../../platform/graphql/rights.ts';
import { attemptOf } from '../../platform/idempotency.ts';
import { redeemVoucher } from './redeem-voucher.ts';
import { RedeemVoucherInput, RedeemVoucherPayload, toVoucher, VoucherConnection, type VoucherType } from './voucher.types.ts';
import { readVoucherPages } from './vouchers.queries.ts';

@Resolver(() => MemberType)
export class MemberVouchersResolver {
  @FieldResolver(() => VoucherConnection, {
    description: 'Vouchers for points that were bought back, oldest first; for the member and the operator.',
  })
  async vouchers(
    @Ctx() context: Context,
    @Root() { member }: MemberType,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Connection<VoucherType>> {
    const viewer = viewerAs(context.viewer, 'OPERATOR', 'MEMBER');
    if (viewer.role === 'MEMBER' && viewer.memberId !== member.id) throw forbidden();
    const slice = readPage(page, 1);
    const { size, backwards } = slice;
    const wanted = { memberId: member.id, size, after: positionOf(slice.after), before: positionOf(slice.before), backwards };
    const [coalition, vouchers] = await Promise.all([loadCoalition(context), context.load(readVoucherPages, wanted)]);
    return toConnection(
      toPage(vouchers, size, slice),
      (voucher) => toVoucher(coalition, voucher),
      ({ id }) => [toPublicId('Voucher', id)],
    );
  }

  @Mutation(() => RedeemVoucherPayload, { description: 'OPERATOR: pays a voucher, once.' })
  async redeemVoucher(
    @Ctx() context: Context,
    @Arg('input', () => RedeemVoucherInput, { description: 'The voucher.' }) input: RedeemVoucherInput,
  ): Promise<RedeemVoucherPayload> {
    const may = mayAct(context.viewer, 'OPERATOR');
    if ('refused' in may) return { replayed: false, userErrors: [toUserError(may.refused)] };
    const attempt = attemptOf(principalOf(may.done), 'redeemVoucher', input);
    const outcome = await transactTogether(context.db, `voucher ${input.code}`, (tx) => redeemVoucher(tx, { attempt, code: input.code }));
    if ('refused' in outcome) return { replayed: false, userErrors: [toUserError(outcome.refused)] };
    return { voucher: toVoucher(await loadCoalition(context), outcome.done.value), replayed: outcome.done.replayed, userErrors: [] };
  }
}

function positionOf(key: readonly (string | number)[] | undefined): string | undefined {
  if (key === undefined) return undefined;
  const id = parseIdOf('Voucher', String(key[0]));
  if (id === undefined) throw badInput('The cursor is not one of this list.');
  return id;
}
