import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { actsForPartner, principalOf } from '../../kernel/viewer.ts';
import { PointCurrencyType, toPointCurrency } from '../../partners/currencies/point-currency.types.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import { PartnerType, toPartner } from '../../partners/partner.types.ts';
import { transact } from '../../platform/database.ts';
import { toUserError } from '../../platform/graphql/common.types.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden, mayAct } from '../../platform/graphql/rights.ts';
import { attemptOf } from '../../platform/idempotency.ts';
import { PointBlockType, PurchasePointBlockInput, PurchasePointBlockPayload, toPointBlock } from './point-block.types.ts';
import { readBlocksOf } from './point-blocks.queries.ts';
import { isLow } from './point-blocks.rules.ts';
import { purchasePointBlock } from './purchase-point-block.ts';

@Resolver(() => PointBlockType)
export class PointBlockResolver {
  @Mutation(() => PurchasePointBlockPayload, {
    description: 'OPERATOR: sells a partner points that it will issue later, at the funding price of now.',
  })
  async purchasePointBlock(
    @Ctx() context: Context,
    @Arg('input', () => PurchasePointBlockInput, { description: 'The points.' }) input: PurchasePointBlockInput,
  ): Promise<PurchasePointBlockPayload> {
    const may = mayAct(context.viewer, 'OPERATOR');
    if ('refused' in may) return { userErrors: [toUserError(may.refused)] };
    const { partner, currency, points } = input;
    const attempt = attemptOf(principalOf(may.done), 'purchasePointBlock', input);
    const outcome = await transact(context.db, (tx) =>
      purchasePointBlock(tx, { attempt, partner, currency, points, alertPoints: input.alertPoints ?? undefined }),
    );
    return 'refused' in outcome ? { userErrors: [toUserError(outcome.refused)] } : { block: toPointBlock(outcome.done), userErrors: [] };
  }

  @FieldResolver(() => PartnerType, { description: 'The partner that paid.' })
  async partner(@Ctx() context: Context, @Root() { block }: PointBlockType): Promise<PartnerType> {
    return toPartner((await loadCoalition(context)).partnerById(block.partnerId));
  }

  @FieldResolver(() => PointCurrencyType, { description: 'The currency of the points.' })
  async currency(@Ctx() context: Context, @Root() { block }: PointBlockType): Promise<PointCurrencyType> {
    return toPointCurrency((await loadCoalition(context)).currencyNo(block.currencyNo));
  }

  @FieldResolver(() => Boolean, {
    description:
      'Whether all blocks of the partner and currency together have as few points left as the latest purchase that named `alertPoints` set.',
  })
  async isLow(@Ctx() context: Context, @Root() { block }: PointBlockType): Promise<boolean> {
    const blocks = await context.load(readBlocksOf, block.partnerId);
    return isLow(blocks.filter(({ currencyNo }) => currencyNo === block.currencyNo));
  }
}

@Resolver(() => PartnerType)
export class PartnerPointBlocksResolver {
  @FieldResolver(() => [PointBlockType], {
    description: 'The blocks of points that it has bought, in the order in which they are used; for itself and the operator.',
  })
  async pointBlocks(
    @Ctx() context: Context,
    @Root() { partner }: PartnerType,
    @Arg('currency', () => String, { nullable: true, description: 'Code of one point currency; all of them when left out.' })
    currency?: string | null,
  ): Promise<PointBlockType[]> {
    if (!actsForPartner(context.viewer, partner.id)) throw forbidden();
    const coalition = await loadCoalition(context);
    const blocks = await context.load(readBlocksOf, partner.id);
    return blocks
      .filter(({ currencyNo }) => currency === undefined || currency === null || coalition.currencyNo(currencyNo).code === currency)
      .map(toPointBlock);
  }
}
