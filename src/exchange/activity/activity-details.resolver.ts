import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Context } from '../../platform/graphql/context.ts';
import { AccrualType } from '../accrual/accrual.types.ts';
import { readRedemptions } from '../redemption/redemption.queries.ts';
import type { RedemptionStatus } from '../redemption/redemption.ts';
import { RedemptionStatusEnum, RedemptionType } from '../redemption/redemption.types.ts';
import { accrualNode, redemptionNode } from '../transaction-nodes.ts';
import { AccrualActivityType, RedemptionActivityType } from './activity.types.ts';

@Resolver(() => AccrualActivityType)
export class AccrualActivityResolver {
  @FieldResolver(() => AccrualType, { nullable: true, description: 'The accrual; null for partners other than its own.' })
  accrual(@Ctx() context: Context, @Root() { reference }: AccrualActivityType): Promise<AccrualType | undefined> {
    return accrualNode(context, reference);
  }
}

@Resolver(() => RedemptionActivityType)
export class RedemptionActivityResolver {
  @FieldResolver(() => RedemptionType, { nullable: true, description: 'The redemption; null for partners other than its own.' })
  redemption(@Ctx() context: Context, @Root() { reference }: RedemptionActivityType): Promise<RedemptionType | undefined> {
    return redemptionNode(context, reference);
  }

  @FieldResolver(() => RedemptionStatusEnum, { nullable: true, description: 'Where the redemption stands now.' })
  async status(@Ctx() context: Context, @Root() { reference }: RedemptionActivityType): Promise<RedemptionStatus | undefined> {
    return (await context.load(readRedemptions, reference))?.status;
  }
}
