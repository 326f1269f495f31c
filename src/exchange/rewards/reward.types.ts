import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import { MemberRefInput } from '../../members/member.types.ts';
import { ChangePayload } from '../../partners/change-payload.types.ts';
import type { Channel } from '../../partners/channel.ts';
import { ChannelEnum } from '../../partners/channel.types.ts';
import { MoneyInput, MoneyType, NodeType } from '../../platform/graphql/common.types.ts';
import { connectionOf } from '../../platform/graphql/connection.ts';
import { enumType } from '../../platform/graphql/enum.ts';
import { DateTime, Points } from '../../platform/graphql/scalars.ts';
import type { Reward, RewardKind } from './reward.ts';

const RewardKindEnum = enumType<RewardKind>('RewardKind', 'What a reward is.', {
  GIFT_CARD: 'Money to spend at the partner.',
  SUBSCRIPTION: 'A service for a time.',
  PRODUCT: 'A thing.',
  SERVICE: 'Something that is done once.',
  DISCOUNT: 'A lower price on a purchase.',
  EXPERIENCE: 'A visit, a course, an event.',
});

@ObjectType('Reward', { implements: NodeType, description: 'Something that a partner gives for points, in one version. For everybody.' })
export class RewardType extends NodeType {
  readonly reward!: Reward;

  @Field(() => String, { description: 'Short name, unique for the partner.' })
  readonly code!: string;

  @Field(() => Int, { description: 'Number of the version, counted from 1.' })
  readonly version!: number;

  @Field(() => String, { description: 'Name for people.' })
  readonly name!: string;

  @Field(() => RewardKindEnum, { description: 'What it is.' })
  readonly kind!: RewardKind;

  @Field(() => Points, { description: 'What it costs.' })
  readonly points!: bigint;

  @Field(() => MoneyType, { nullable: true, description: 'What is printed on it, such as 30.00 on a gift card.' })
  readonly faceValue?: MoneyType | undefined;

  @Field(() => Int, { nullable: true, description: 'Calendar months that the entitlement lasts; null for without end.' })
  readonly entitlementMonths?: number | undefined;

  @Field(() => DateTime, { description: 'From when it is offered.' })
  readonly effectiveFrom!: Date;

  @Field(() => DateTime, { nullable: true, description: 'Until when it is offered, exclusive; null for until further notice.' })
  readonly effectiveUntil?: Date | undefined;
}

export function toReward(reward: Reward, currency: string): RewardType {
  const { id, code, version, name, kind, points, faceValueMinor, entitlementMonths, effectiveFrom, effectiveUntil } = reward;
  return {
    reward,
    id: toPublicId('Reward', id),
    code,
    version,
    name,
    kind,
    points,
    faceValue: faceValueMinor === undefined ? undefined : { minor: faceValueMinor, currency },
    entitlementMonths,
    effectiveFrom,
    effectiveUntil,
  };
}

export const RewardConnection = connectionOf<RewardType>('Reward', () => RewardType);

@InputType('PublishRewardInput', { description: 'Something that a partner gives for points.' })
export class PublishRewardInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => String, {
    description: 'Short name: 1 to 64 letters, digits, dots, hyphens and underscores. A code that is known gets a new version.',
  })
  readonly code!: string;

  @Field(() => String, { nullable: true, description: 'Code of the partner that gives it; the calling partner when left out.' })
  readonly partner?: string | null;

  @Field(() => String, { description: 'Name for people, 1 to 200 characters.' })
  readonly name!: string;

  @Field(() => RewardKindEnum, { description: 'What it is.' })
  readonly kind!: RewardKind;

  @Field(() => String, { description: 'Code of the point currency in which it costs.' })
  readonly currency!: string;

  @Field(() => Points, { description: 'What it costs; at least one point.' })
  readonly points!: bigint;

  @Field(() => MoneyInput, { nullable: true, description: 'What is printed on it, such as 30.00 on a gift card.' })
  readonly faceValue?: MoneyInput | null;

  @Field(() => Int, { nullable: true, description: 'Calendar months that the entitlement lasts, 1 to 120; without end when left out.' })
  readonly entitlementMonths?: number | null;

  @Field(() => DateTime, { nullable: true, description: 'From when it is offered; from now on when left out.' })
  readonly effectiveFrom?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Until when it is offered, exclusive; until further notice when left out.' })
  readonly effectiveUntil?: Date | null;
}

@ObjectType('PublishRewardPayload', { description: 'The reward, or why it was not published.' })
export class PublishRewardPayload extends ChangePayload {
  @Field(() => RewardType, { nullable: true, description: 'The reward.' })
  readonly reward?: RewardType;
}

@InputType('RewardRef', { description: 'Names one reward: by `id` one version of it, or by `partner` and `code` the version in force.' })
class RewardRefInput {
  @Field(() => ID, { nullable: true, description: 'Id of a version.' })
  readonly id?: string | null;

  @Field(() => String, { nullable: true, description: 'Code of the partner; the calling partner when left out.' })
  readonly partner?: string | null;

  @Field(() => String, { nullable: true, description: 'Code of the reward.' })
  readonly code?: string | null;
}

@InputType('RedeemRewardInput', { description: 'A reward that a member takes for points.' })
export class RedeemRewardInput {
  @Field(() => String, {
    description: 'Repeating the request with the same key changes nothing and gives the first answer with `replayed: true`.',
  })
  readonly idempotencyKey!: string;

  @Field(() => MemberRefInput, {
    nullable: true,
    description: 'Who takes it. A member takes for itself and leaves it out; a partner names it.',
  })
  readonly member?: MemberRefInput | null;

  @Field(() => RewardRefInput, { description: 'The reward.' })
  readonly reward!: RewardRefInput;

  @Field(() => ChannelEnum, {
    nullable: true,
    description: 'Where it is taken: by default APP for a member, PARTNER_API for a partner.',
  })
  readonly channel?: Channel | null;

  @Field(() => String, {
    nullable: true,
    description: "The partner's own id of the location; needed where the scope of its contract names locations.",
  })
  readonly locationId?: string | null;
}
