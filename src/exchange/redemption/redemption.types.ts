import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import type { Outcome } from '../../kernel/refusal.ts';
import { MemberRefInput } from '../../members/member.types.ts';
import type { Channel } from '../../partners/channel.ts';
import { ChannelEnum } from '../../partners/channel.types.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { MoneyInput, NodeType, toUserError, UserErrorType } from '../../platform/graphql/common.types.ts';
import { enumType } from '../../platform/graphql/enum.ts';
import { BigIntString, DateTime, Points } from '../../platform/graphql/scalars.ts';
import { BalanceType, toBalance } from '../wallets/balance.types.ts';
import type { Redeemed } from './change-redemption.ts';
import { wasPaidAtOnce } from './redemption.rules.ts';
import type { Redemption, RedemptionAllocation, RedemptionStatus } from './redemption.ts';

const KEY = 'Repeating the request with the same key changes nothing and gives the first answer with `replayed: true`.';

export const RedemptionStatusEnum = enumType<RedemptionStatus>('RedemptionStatus', 'Where a redemption stands.', {
  AWAITING_MEMBER_APPROVAL: 'The points are set aside, and the partner cannot capture them before the member approves it.',
  HELD: 'The points are set aside.',
  CAPTURED: 'The points are burned.',
  VOIDED: 'The hold was given up, or the member declined it; the points are back.',
  EXPIRED_HOLD: 'The hold passed its time; the points are back.',
  PARTIALLY_REFUNDED: 'Burned, and a part given back.',
  REFUNDED: 'Burned, and given back as a whole.',
});

@InputType('HoldRedemptionInput', { description: 'Points that a member wants to pay with.' })
export class HoldRedemptionInput {
  @Field(() => String, { description: KEY })
  readonly idempotencyKey!: string;

  @Field(() => MemberRefInput, { description: 'Who pays.' })
  readonly member!: MemberRefInput;

  @Field(() => String, { description: 'Code of the point currency.' })
  readonly currency!: string;

  @Field(() => Points, { description: 'How many points.' })
  readonly points!: bigint;

  @Field(() => String, { description: "The partner's name for the order." })
  readonly orderExternalId!: string;

  @Field(() => MoneyInput, {
    nullable: true,
    description: 'The whole order; with it a clause that limits the share paid with points is enforced.',
  })
  readonly orderAmount?: MoneyInput | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 900,
    description: 'Seconds after which the points go back by themselves; at most 30 days.',
  })
  readonly holdSeconds?: number | null;

  @Field(() => ChannelEnum, { nullable: true, defaultValue: 'PARTNER_API', description: 'Where the member and the partner met.' })
  readonly channel?: Channel | null;

  @Field(() => String, {
    nullable: true,
    description: "The partner's own id of the location; needed where the scope of its contract names locations.",
  })
  readonly locationId?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether the member must approve it before it is captured, also where the policy of the program does not ask for it; not when left out.',
  })
  readonly memberApproval?: boolean | null;
}

@InputType('CaptureRedemptionInput', { description: 'A hold whose points are burned now.' })
export class CaptureRedemptionInput {
  @Field(() => String, { description: KEY })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the redemption.' })
  readonly redemptionId!: string;

  @Field(() => Points, { nullable: true, description: 'How many of the held points; all when left out. The rest goes back.' })
  readonly points?: bigint | null;
}

@InputType('VoidRedemptionInput', { description: 'A hold that is given up.' })
export class VoidRedemptionInput {
  @Field(() => String, { description: KEY })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the redemption.' })
  readonly redemptionId!: string;
}

@InputType('RefundRedemptionInput', { description: 'Burned points that go back to the member.' })
export class RefundRedemptionInput {
  @Field(() => String, { description: KEY })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the redemption.' })
  readonly redemptionId!: string;

  @Field(() => Points, { nullable: true, description: 'How many points; all that are left when left out.' })
  readonly points?: bigint | null;

  @Field(() => String, { nullable: true, description: 'Why, for people.' })
  readonly reason?: string | null;
}

@ObjectType('LotAllocation', { description: 'Points that a redemption takes from one lot.' })
export class LotAllocationType {
  readonly issuerId!: string;

  @Field(() => ID, { description: 'Id of the lot.' })
  readonly lotId!: string;

  @Field(() => Points, { description: 'How many points.' })
  readonly points!: bigint;

  @Field(() => DateTime, { nullable: true, description: 'When the lot expires; null for never.' })
  readonly expiresAt?: Date | undefined;
}

function toAllocation(allocation: RedemptionAllocation): LotAllocationType {
  return {
    issuerId: allocation.issuer,
    lotId: toPublicId('Lot', allocation.lotId),
    points: allocation.points,
    expiresAt: allocation.expiresAt,
  };
}

@ObjectType('Redemption', { implements: NodeType, description: 'One burn: for its partner, its member and the operator.' })
export class RedemptionType extends NodeType {
  readonly redemption!: Redemption;

  @Field(() => RedemptionStatusEnum, { description: 'Where it stands.' })
  readonly status!: RedemptionStatus;

  @Field(() => String, { description: "The partner's name for the order; of a reward its code, of a donation DONATION." })
  readonly orderExternalId!: string;

  @Field(() => Points, { description: 'Points that were set aside.' })
  readonly heldPoints!: bigint;

  @Field(() => Points, { description: 'Points that were burned.' })
  readonly capturedPoints!: bigint;

  @Field(() => Points, { description: 'Held points that went back without being burned.' })
  readonly releasedPoints!: bigint;

  @Field(() => Points, { description: 'Burned points that were given back.' })
  readonly refundedPoints!: bigint;

  @Field(() => DateTime, { nullable: true, description: 'When the hold ends by itself; null when there was none.' })
  readonly expiresAt?: Date | undefined;

  @Field(() => DateTime, { nullable: true, description: 'When the member approved it; null when it has not, or need not.' })
  readonly approvedAt?: Date | undefined;

  @Field(() => BigIntString, {
    description:
      'What the partner is reimbursed, in micros of the settlement currency: captured points x rate, before handling fee and refunds.',
  })
  readonly reimbursementMicros!: bigint;

  @Field(() => String, { nullable: true, description: 'What the member said with it.' })
  readonly note?: string | undefined;

  @Field(() => [LotAllocationType], {
    description: 'The lots that the points come from, in the order of consumption; after the capture, of the captured points.',
  })
  readonly allocations!: readonly LotAllocationType[];
}

export function toRedemption(redemption: Redemption): RedemptionType {
  return {
    redemption,
    id: toPublicId('Redemption', redemption.id),
    status: redemption.status,
    orderExternalId: redemption.orderExternalId,
    heldPoints: redemption.heldPoints,
    capturedPoints: redemption.capturedPoints,
    releasedPoints: redemption.releasedPoints,
    refundedPoints: redemption.refundedPoints,
    expiresAt: wasPaidAtOnce(redemption) ? undefined : redemption.expiresAt,
    approvedAt: redemption.approvedAt,
    note: redemption.note,
    reimbursementMicros: redemption.reimbursementMicros,
    allocations: redemption.allocations.map(toAllocation),
  };
}

@ObjectType('RedemptionPayload', { description: 'What became of a redemption.' })
export class RedemptionPayload {
  @Field(() => RedemptionType, { nullable: true, description: 'The redemption; null when it was refused.' })
  readonly redemption?: RedemptionType | undefined;

  @Field(() => BalanceType, { nullable: true, description: "The member's balance right after it." })
  readonly balance?: BalanceType | undefined;

  @Field(() => Boolean, { description: 'Whether this is the first answer again.' })
  readonly replayed!: boolean;

  @Field(() => [UserErrorType], { description: 'Why it was refused; empty when it was done.' })
  readonly userErrors!: readonly UserErrorType[];
}

export function toRedemptionPayload(outcome: Outcome<Redeemed>, coalition: Coalition): RedemptionPayload {
  if ('refused' in outcome) return { replayed: false, userErrors: [toUserError(outcome.refused)] };
  const { redemption, balance, replayed } = outcome.done;
  return {
    redemption: toRedemption(redemption),
    balance: toBalance(redemption.memberId, coalition.currencyNo(redemption.currencyNo), balance),
    replayed,
    userErrors: [],
  };
}
