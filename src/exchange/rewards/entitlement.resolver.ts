import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { toPage } from '../../kernel/cursor.ts';
import { MemberType } from '../../members/member.types.ts';
import { forbidAfterTermination } from '../../members/member-sight.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import { badInput, type Connection, PageArgs, readPage, toConnection } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { readRedemptions } from '../redemption/redemption.queries.ts';
import { RedemptionType, toRedemption } from '../redemption/redemption.types.ts';
import { EntitlementConnection, EntitlementType, toEntitlement } from './entitlement.types.ts';
import { readEntitlementPages, readEntitlementsOf } from './entitlements.queries.ts';
import { RewardType, toReward } from './reward.types.ts';
import { readRewards } from './rewards.queries.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function idOf(key: readonly (string | number)[] | undefined): string | undefined {
  const [id] = key ?? [];
  if (id !== undefined && (typeof id !== 'string' || !UUID.test(id))) throw badInput('The cursor is not one of this list.');
  return id;
}

@Resolver(() => EntitlementType)
export class EntitlementResolver {
  @FieldResolver(() => RewardType, { description: 'The version of the reward that was taken.' })
  async reward(@Ctx() context: Context, @Root() { entitlement }: EntitlementType): Promise<RewardType> {
    const [reward, { program }] = await Promise.all([context.load(readRewards, entitlement.rewardId), loadCoalition(context)]);
    if (reward === undefined) throw new Error(`reward ${entitlement.rewardId} is not stored`);
    return toReward(reward, program.settlementCurrency);
  }

  @FieldResolver(() => RedemptionType, { description: 'The points that it was taken for.' })
  async redemption(@Ctx() context: Context, @Root() { entitlement }: EntitlementType): Promise<RedemptionType> {
    const redemption = await context.load(readRedemptions, entitlement.redemptionId);
    if (redemption === undefined) throw new Error(`redemption ${entitlement.redemptionId} is not stored`);
    return toRedemption(redemption);
  }
}

@Resolver(() => RedemptionType)
export class RedemptionEntitlementResolver {
  @FieldResolver(() => EntitlementType, { nullable: true, description: 'What the member got for the points; null where it was no reward.' })
  async entitlement(@Ctx() context: Context, @Root() { redemption }: RedemptionType): Promise<EntitlementType | undefined> {
    const entitlement = await context.load(readEntitlementsOf, redemption.id);
    return entitlement && toEntitlement(entitlement, context.viewer);
  }
}

@Resolver(() => MemberType)
export class MemberEntitlementsResolver {
  @FieldResolver(() => EntitlementConnection, {
    description: 'What the member has got for points, newest first; for a partner, of its own rewards.',
  })
  async entitlements(
    @Ctx() context: Context,
    @Root() { member }: MemberType,
    @Args(() => PageArgs) args: PageArgs,
  ): Promise<Connection<EntitlementType>> {
    const { viewer } = context;
    await forbidAfterTermination(context);
    const slice = readPage(args, 1);
    const rows = await context.load(readEntitlementPages, {
      memberId: member.id,
      partnerId: viewer.role === 'PARTNER' ? viewer.partnerId : undefined,
      size: slice.size,
      after: idOf(slice.after),
      before: idOf(slice.before),
      backwards: slice.backwards,
    });
    return toConnection(
      toPage(rows, slice.size, slice),
      (entitlement) => toEntitlement(entitlement, viewer),
      ({ id }) => [id],
    );
  }
}
