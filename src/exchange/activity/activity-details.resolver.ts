import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Context } from '../../platform/graphql/context.ts';
import { AccrualType } from '../accrual/accrual.types.ts';
import { ExchangeType } from '../conversion/exchange.types.ts';
import { readRedemptions } from '../redemption/redemption.queries.ts';
import type { RedemptionStatus } from '../redemption/redemption.ts';
import { RedemptionStatusEnum, RedemptionType } from '../redemption/redemption.types.ts';
import { accrualNode, exchangeNode, redemptionNode } from '../transaction-nodes.ts';
import { TransferType } from '../transfer/transfer.types.ts';
import { transferNode } from '../transfer/transfer-node.ts';
import {
  AccrualActivityType,
  type ActivityType,
  ExchangeActivityType,
  RedemptionActivityType,
  TransferActivityType,
} from './activity.types.ts';

/** Where a partner sees what happened at another, the terms of it stay between that one and the operator. */
function isOfAnother({ viewer }: Context, { partner }: ActivityType): boolean {
  return viewer.role === 'PARTNER' && partner?.partner.id !== viewer.partnerId;
}

@Resolver(() => AccrualActivityType)
export class AccrualActivityResolver {
  @FieldResolver(() => AccrualType, { nullable: true, description: 'The accrual; null for partners other than its own.' })
  accrual(@Ctx() context: Context, @Root() activity: AccrualActivityType): Promise<AccrualType | undefined> | undefined {
    return isOfAnother(context, activity) ? undefined : accrualNode(context, activity.reference);
  }
}

@Resolver(() => RedemptionActivityType)
export class RedemptionActivityResolver {
  @FieldResolver(() => RedemptionType, { nullable: true, description: 'The redemption; null for partners other than its own.' })
  async redemption(@Ctx() context: Context, @Root() activity: RedemptionActivityType): Promise<RedemptionType | undefined> {
    return isOfAnother(context, activity) ? undefined : redemptionNode(context, activity.reference);
  }

  @FieldResolver(() => RedemptionStatusEnum, { nullable: true, description: 'Where the redemption stands now.' })
  async status(@Ctx() context: Context, @Root() { reference }: RedemptionActivityType): Promise<RedemptionStatus | undefined> {
    return (await context.load(readRedemptions, reference))?.status;
  }
}

@Resolver(() => ExchangeActivityType)
export class ExchangeActivityResolver {
  @FieldResolver(() => ExchangeType, { nullable: true, description: 'The exchange; null for partners other than its own.' })
  async exchange(@Ctx() context: Context, @Root() activity: ExchangeActivityType): Promise<ExchangeType | undefined> {
    return isOfAnother(context, activity) ? undefined : exchangeNode(context, activity.reference);
  }
}

@Resolver(() => TransferActivityType)
export class TransferActivityResolver {
  @FieldResolver(() => TransferType, { nullable: true, description: 'The transfer; null for partners.' })
  async transfer(@Ctx() context: Context, @Root() { reference }: TransferActivityType): Promise<TransferType | undefined> {
    return context.viewer.role === 'PARTNER' ? undefined : transferNode(context, reference);
  }
}
