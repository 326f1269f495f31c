import { randomInt } from 'node:crypto';
import { Arg, Args, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { toPage } from '../../kernel/cursor.ts';
import { NO_ID, parseIdOf } from '../../kernel/ids.ts';
import { principalOf } from '../../kernel/viewer.ts';
import { payingKey } from '../../members/acting-member.ts';
import { nameOf } from '../../members/member-ref.ts';
import { changeCoalition } from '../../partners/change-coalition.ts';
import { toPayload } from '../../partners/change-payload.types.ts';
import { PointCurrencyType, toPointCurrency } from '../../partners/currencies/point-currency.types.ts';
import { loadCoalition, withCoalition } from '../../partners/load-coalition.ts';
import { PartnerType, toPartner } from '../../partners/partner.types.ts';
import { ProgramType } from '../../partners/program/program.types.ts';
import { transactTogether } from '../../platform/batching/transact-together.ts';
import { type Connection, PageArgs, readPage, toConnection } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { mayAct } from '../../platform/graphql/rights.ts';
import { attemptOf } from '../../platform/idempotency.ts';
import { RedemptionPayload, toRedemptionPayload } from '../redemption/redemption.types.ts';
import { codeFrom } from './entitlement.ts';
import { publishReward } from './publish-reward.ts';
import { redeemReward } from './redeem-reward.ts';
import { PublishRewardInput, PublishRewardPayload, RedeemRewardInput, RewardConnection, RewardType, toReward } from './reward.types.ts';
import { readRewardPages, readRewards } from './rewards.queries.ts';

async function offered(context: Context, partnerId: string | undefined, args: PageArgs): Promise<Connection<RewardType>> {
  const slice = readPage(args, 2);
  const { program } = await loadCoalition(context);
  const rows = await context.load(readRewardPages, { partnerId, at: context.now, slice });
  return toConnection(
    toPage(rows, slice.size, slice),
    (reward) => toReward(reward, program.settlementCurrency),
    ({ code, id }) => [code, id],
  );
}

@Resolver(() => PartnerType)
export class PartnerRewardsResolver {
  @FieldResolver(() => RewardConnection, { description: 'What it gives for points now, by code.' })
  rewards(
    @Ctx() context: Context,
    @Root() { partner }: PartnerType,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Connection<RewardType>> {
    return offered(context, partner.id, page);
  }
}

@Resolver(() => ProgramType)
export class ProgramRewardsResolver {
  @FieldResolver(() => RewardConnection, { description: 'What its partners give for points now, by code.' })
  rewards(@Ctx() context: Context, @Args(() => PageArgs) page: PageArgs): Promise<Connection<RewardType>> {
    return offered(context, undefined, page);
  }
}

@Resolver(() => RewardType)
export class RewardResolver {
  @Mutation(() => PublishRewardPayload, {
    description:
      'OPERATOR, PARTNER (own): offers something for points. A new version of a code ends the one before at its `effectiveFrom`.',
  })
  async publishReward(
    @Ctx() context: Context,
    @Arg('input', () => PublishRewardInput, { description: 'The reward.' }) input: PublishRewardInput,
  ): Promise<PublishRewardPayload> {
    const outcome = await changeCoalition(context, {
      operation: 'publishReward',
      input,
      roles: ['OPERATOR', 'PARTNER'],
      work: (tx, moment, viewer) => publishReward(tx, input, moment, viewer),
    });
    const reward = 'done' in outcome ? await context.load(readRewards, outcome.done.id) : undefined;
    return toPayload(outcome, ({ coalition }) =>
      reward === undefined ? {} : { reward: toReward(reward, coalition.program.settlementCurrency) },
    );
  }

  @Mutation(() => RedemptionPayload, {
    description:
      'MEMBER (own points), PARTNER (own rewards): burns what a reward costs at its partner; the redemption has an entitlement with its code.',
  })
  async redeemReward(
    @Ctx() context: Context,
    @Arg('input', () => RedeemRewardInput, { description: 'The reward.' }) input: RedeemRewardInput,
  ): Promise<RedemptionPayload> {
    const coalition = await loadCoalition(context);
    const may = mayAct(context.viewer, 'MEMBER', 'PARTNER');
    if ('refused' in may) return toRedemptionPayload(may, coalition);
    const { id, partner, code } = input.reward;
    const command = {
      attempt: attemptOf(principalOf(may.done), 'redeemReward', input),
      viewer: may.done,
      member: payingKey(may.done, input.member),
      reward: {
        id: id === undefined || id === null ? undefined : (parseIdOf('Reward', id) ?? NO_ID),
        partner: partner ?? undefined,
        code: code ?? undefined,
      },
      channel: input.channel ?? (may.done.role === 'MEMBER' ? 'APP' : 'PARTNER_API'),
      locationId: input.locationId ?? undefined,
      code: codeFrom((below) => randomInt(below)),
    };
    return toRedemptionPayload(await transactTogether(context.db, nameOf(command.member), (tx) => redeemReward(tx, command)), coalition);
  }

  @FieldResolver(() => PartnerType, { description: 'The partner that gives it.' })
  partner(@Ctx() context: Context, @Root() { reward }: RewardType): PartnerType | Promise<PartnerType> {
    return withCoalition(context, (coalition) => toPartner(coalition.partnerById(reward.partnerId)));
  }

  @FieldResolver(() => PointCurrencyType, { description: 'The currency of the points.' })
  currency(@Ctx() context: Context, @Root() { reward }: RewardType): PointCurrencyType | Promise<PointCurrencyType> {
    return withCoalition(context, (coalition) => toPointCurrency(coalition.currencyNo(reward.currencyNo)));
  }
}
