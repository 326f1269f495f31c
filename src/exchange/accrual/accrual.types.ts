import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import { MemberRefInput } from '../../members/member.types.ts';
import type { Channel } from '../../partners/channel.ts';
import { ChannelEnum } from '../../partners/channel.types.ts';
import { MoneyInput, MoneyType, NodeType, UserErrorType } from '../../platform/graphql/common.types.ts';
import { enumType } from '../../platform/graphql/enum.ts';
import { BigIntString, DateTime, Points } from '../../platform/graphql/scalars.ts';
import { BalanceType } from '../wallets/balance.types.ts';
import type { Accrual, AccrualStatus } from './accrual.ts';
import { fundingMicros } from './charged-accrual.rules.ts';
import type { Contribution } from './earn.rules.ts';

const KEY = 'Repeating the request with the same key changes nothing and gives the first answer with `replayed: true`.';

export const AccrualStatusEnum = enumType<AccrualStatus>('AccrualStatus', 'Where an accrual stands.', {
  PENDING: 'Promised: the points are pending until they are confirmed.',
  CONFIRMED: 'Earned: the points are in the wallet.',
  PARTIALLY_REVERSED: 'Earned, and a part taken back.',
  REVERSED: 'Taken back as a whole.',
  CANCELLED: 'The promise was taken back before it was confirmed.',
  ON_HOLD_REVIEW: 'Waits for a person to look at it.',
});

export type ConfirmMode = 'AUTO' | 'MANUAL';
export const ConfirmModeEnum = enumType<ConfirmMode>('ConfirmMode', 'When promised points become earned.', {
  AUTO: 'At once, or after the pending period of the rule.',
  MANUAL: 'When `confirmAccrual` says so.',
});

@InputType('AccrualItemInput', { description: 'One line of a receipt.' })
export class AccrualItemInput {
  @Field(() => String, { description: "The partner's article number." })
  readonly sku!: string;

  @Field(() => String, { nullable: true, description: 'Category of the article, as earn rules name it.' })
  readonly category?: string | null;

  @Field(() => Int, { nullable: true, defaultValue: 1, description: 'How many pieces; the amount is that of all of them.' })
  readonly quantity?: number | null;

  @Field(() => MoneyInput, { description: 'What the line cost.' })
  readonly amount!: MoneyInput;
}

@InputType('AccrueInput', { description: 'A purchase that earns points, or points awarded directly.' })
export class AccrueInput {
  @Field(() => String, { description: KEY })
  readonly idempotencyKey!: string;

  @Field(() => String, {
    description: "The partner's name for the receipt, unique per partner: the same receipt from two channels earns once.",
  })
  readonly externalId!: string;

  @Field(() => MemberRefInput, { description: 'Who earns.' })
  readonly member!: MemberRefInput;

  @Field(() => DateTime, { description: 'When the purchase happened; decides which contract, rates and rules apply.' })
  readonly occurredAt!: Date;

  @Field(() => ChannelEnum, { nullable: true, defaultValue: 'PARTNER_API', description: 'Where the member and the partner met.' })
  readonly channel?: Channel | null;

  @Field(() => String, { nullable: true, description: "The partner's name for the store or site." })
  readonly locationId?: string | null;

  @Field(() => MoneyInput, { nullable: true, description: 'What was spent; the earn rules turn it into points.' })
  readonly amount?: MoneyInput | null;

  @Field(() => Points, { nullable: true, description: 'The points themselves, in place of an amount; a scope clause may forbid it.' })
  readonly points?: bigint | null;

  @Field(() => String, { nullable: true, description: "Code of the point currency; the partner's own when left out." })
  readonly currency?: string | null;

  @Field(() => [AccrualItemInput], { nullable: true, description: 'Lines of the receipt, for rules about categories and articles.' })
  readonly items?: readonly AccrualItemInput[] | null;

  @Field(() => String, { nullable: true, description: 'Code of a joint promotion: its funders pay for all points of the purchase.' })
  readonly promotion?: string | null;

  @Field(() => ConfirmModeEnum, { nullable: true, defaultValue: 'AUTO', description: 'When the points become earned.' })
  readonly confirm?: ConfirmMode | null;
}

@InputType('AccrualRefInput', { description: 'Names one accrual of the calling partner.' })
export class AccrualRefInput {
  @Field(() => String, { description: KEY })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the accrual.' })
  readonly accrualId!: string;
}

@InputType('ReverseAccrualInput', {
  description: 'Goods that came back, or points that were wrong. With neither amount nor points, all that is left is reversed.',
})
export class ReverseAccrualInput {
  @Field(() => String, { description: KEY })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the accrual.' })
  readonly accrualId!: string;

  @Field(() => MoneyInput, {
    nullable: true,
    description: 'What was returned, of the amount; points are taken back in proportion, floored, the last return taking the rest.',
  })
  readonly returnedAmount?: MoneyInput | null;

  @Field(() => Points, { nullable: true, description: 'The points to take back.' })
  readonly points?: bigint | null;

  @Field(() => String, {
    nullable: true,
    description: "The partner's name for the return, unique per partner: the same return said under two keys is reversed once.",
  })
  readonly externalId?: string | null;

  @Field(() => String, { nullable: true, description: 'Why, for people.' })
  readonly reason?: string | null;
}

@InputType('QuoteAccrualInput', { description: 'A purchase that might be made.' })
export class QuoteAccrualInput {
  @Field(() => String, { nullable: true, description: 'Code of the partner; of a partner that asks, itself when left out.' })
  readonly partner?: string | null;

  @Field(() => MoneyInput, { description: 'What would be spent.' })
  readonly amount!: MoneyInput;

  @Field(() => DateTime, { nullable: true, description: 'When; now when left out.' })
  readonly occurredAt?: Date | null;

  @Field(() => MemberRefInput, { nullable: true, description: 'Who would buy, for rules about tiers.' })
  readonly member?: MemberRefInput | null;

  @Field(() => [AccrualItemInput], { nullable: true, description: 'Lines of the receipt.' })
  readonly items?: readonly AccrualItemInput[] | null;
}

@ObjectType('RuleContribution', { description: 'What one earn rule gave to an accrual.' })
export class RuleContributionType {
  @Field(() => String, { description: 'Code of the rule.' })
  readonly rule!: string;

  @Field(() => Int, { description: 'Version of the rule that was in force.' })
  readonly ruleVersion!: number;

  @Field(() => Points, { description: 'Points; all lines add up to those of the accrual.' })
  readonly points!: bigint;

  @Field(() => String, { nullable: true, description: 'Why it gave less than it could: DAILY_SPEND_CAP or FREQUENCY_CAP.' })
  readonly reason?: string | undefined;

  @Field(() => MoneyType, { nullable: true, description: 'The part of the amount that earned nothing because of a cap.' })
  readonly cappedAmount?: MoneyType | undefined;
}

export function toContribution(contribution: Contribution, currency: string): RuleContributionType {
  return {
    rule: contribution.rule,
    ruleVersion: contribution.ruleVersion,
    points: contribution.points,
    reason: contribution.reason,
    cappedAmount: contribution.cappedMinor === undefined ? undefined : { minor: contribution.cappedMinor, currency },
  };
}

@ObjectType('Accrual', { implements: NodeType, description: 'One earn transaction: for its partner, its member and the operator.' })
export class AccrualType extends NodeType {
  readonly accrual!: Accrual;

  @Field(() => AccrualStatusEnum, { description: 'Where it stands.' })
  readonly status!: AccrualStatus;

  @Field(() => String, { description: "The partner's name for the receipt." })
  readonly externalId!: string;

  @Field(() => DateTime, { description: 'When the purchase happened.' })
  readonly occurredAt!: Date;

  @Field(() => Points, { description: 'Points earned, before reversals.' })
  readonly points!: bigint;

  @Field(() => Points, { description: 'Points taken back so far.' })
  readonly reversedPoints!: bigint;

  @Field(() => DateTime, { nullable: true, description: 'When pending points are confirmed by themselves.' })
  readonly pendingUntil?: Date | undefined;

  @Field(() => BigIntString, {
    description:
      'What its points cost, in micros of the settlement currency: points x (redemption element + service element), before reversals. Points from prepaid blocks are paid for already, those of a joint promotion by its funders.',
  })
  readonly fundingMicros!: bigint;
}

export function toAccrual(accrual: Accrual): AccrualType {
  return {
    accrual,
    id: toPublicId('Accrual', accrual.id),
    status: accrual.status,
    externalId: accrual.externalId,
    occurredAt: accrual.occurredAt,
    points: accrual.points,
    reversedPoints: accrual.reversedPoints,
    pendingUntil: accrual.pendingUntil,
    fundingMicros: fundingMicros(accrual),
  };
}

@ObjectType('AccruePayload', { description: 'What became of one accrual.' })
export class AccruePayload {
  /** The partner whose exposure is meant. */
  readonly partnerId?: string | undefined;
  /** Its money right after the accrual, in micros. */
  readonly partnerMicros?: bigint | undefined;

  @Field(() => AccrualType, { nullable: true, description: 'The accrual; null when it was refused.' })
  readonly accrual?: AccrualType | undefined;

  @Field(() => BalanceType, { nullable: true, description: "The member's balance right after it." })
  readonly balance?: BalanceType | undefined;

  @Field(() => Boolean, { description: 'Whether this is the first answer again.' })
  readonly replayed!: boolean;

  @Field(() => [UserErrorType], { description: 'Why it was refused; empty when it was done.' })
  readonly userErrors!: readonly UserErrorType[];
}

@ObjectType('AccrueBatchPayload', { description: 'What became of up to 1,000 accruals. One refused line refuses that line only.' })
export class AccrueBatchPayload {
  @Field(() => [AccruePayload], { description: 'One result for each input, in their order.' })
  readonly results!: readonly AccruePayload[];

  @Field(() => Int, { description: 'Lines that were done, now or before.' })
  readonly accepted!: number;

  @Field(() => Int, { description: 'Lines that were refused.' })
  readonly refused!: number;
}

@ObjectType('QuoteAccrualPayload', { description: 'What a purchase would earn.' })
export class QuoteAccrualPayload {
  @Field(() => Points, { nullable: true, description: 'Points; null when the question was refused.' })
  readonly points?: bigint | undefined;

  @Field(() => [RuleContributionType], { description: 'Which rules would give them.' })
  readonly breakdown!: readonly RuleContributionType[];

  @Field(() => [UserErrorType], { description: 'Why the question was refused.' })
  readonly userErrors!: readonly UserErrorType[];
}
