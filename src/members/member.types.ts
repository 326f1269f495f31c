import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { toPublicId } from '../kernel/ids.ts';
import type { ConsentPurpose } from '../partners/consent-purpose.ts';
import { ConsentPurposeEnum } from '../partners/consent-purpose.types.ts';
import { NodeType, UserErrorType } from '../platform/graphql/common.types.ts';
import { enumType } from '../platform/graphql/enum.ts';
import { DateTime } from '../platform/graphql/scalars.ts';
import type { Consent, Member, MemberStatus } from './member.ts';

export const MemberStatusEnum = enumType<MemberStatus>('MemberStatus', 'Whether a member may take part.', {
  ACTIVE: 'May earn, redeem and exchange.',
  SUSPENDED: 'May not earn, redeem or exchange for now; reversals and expiry go on.',
  CLOSED: 'Has left the program.',
});

export const MemberKeyEnum = { CARD: 'cardNumber', PHONE: 'phone', EMAIL: 'email' } as const;
registerEnumType(MemberKeyEnum, {
  name: 'MemberKey',
  description: 'What a member can be found by.',
  valuesConfig: {
    CARD: { description: 'The number on the membership card.' },
    PHONE: { description: 'The phone number; spaces, dashes and brackets do not matter.' },
    EMAIL: { description: 'The email address; capitals do not matter.' },
  },
});

@InputType('MemberRef', { description: 'Names one member. Exactly one field is given.' })
export class MemberRefInput {
  @Field(() => ID, { nullable: true, description: 'Id of the member.' })
  readonly id?: string | null;

  @Field(() => String, { nullable: true, description: 'Number on the membership card.' })
  readonly cardNumber?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The calling partner's own name for the member, as given at enrolment; of an operator, the operator's.",
  })
  readonly externalId?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Token that the member shows at a partner's till, from `createRedemptionToken`. It names who pays, once: in `holdRedemption`, `payWithExchange` and `redeemReward`, and nowhere else.",
  })
  readonly redemptionToken?: string | null;
}

@ObjectType('Consent', { description: 'What a member said about one use of personal data.' })
export class ConsentType {
  @Field(() => ConsentPurposeEnum, { description: 'The use.' })
  readonly purpose!: ConsentPurpose;

  @Field(() => Boolean, { description: 'Whether it is allowed.' })
  readonly granted!: boolean;

  @Field(() => String, { description: 'Version of the text that the member saw.' })
  readonly version!: string;

  @Field(() => DateTime, { description: 'When the member said so.' })
  readonly recordedAt!: Date;
}

@ObjectType('Member', {
  implements: NodeType,
  description: 'A person who collects points. Partners see name, phone and email masked, unless contract and member let them see more.',
})
export class MemberType extends NodeType {
  /** What is stored; fields that depend on who looks are resolved from it. */
  readonly member!: Member;

  @Field(() => String, { description: 'Number on the membership card, 16 digits.' })
  readonly cardNumber!: string;

  @Field(() => MemberStatusEnum, { description: 'Whether the member may take part.' })
  readonly status!: MemberStatus;

  @Field(() => String, { nullable: true, description: 'Code of the tier that the member is in.' })
  readonly tier?: string | undefined;

  @Field(() => DateTime, { description: 'When the member joined.' })
  readonly enrolledAt!: Date;
}

export function toMember(member: Member): MemberType {
  return {
    id: toPublicId('Member', member.id),
    member,
    cardNumber: member.cardNumber,
    status: member.status,
    tier: member.tier ?? undefined,
    enrolledAt: member.enrolledAt,
  };
}

@InputType('ConsentInput', { description: 'What the member says about one use of personal data.' })
export class ConsentInput implements Consent {
  @Field(() => ConsentPurposeEnum, { description: 'The use.' })
  readonly purpose!: ConsentPurpose;

  @Field(() => Boolean, { description: 'Whether the member allows it.' })
  readonly granted!: boolean;

  @Field(() => String, { description: 'Version of the text that the member saw.' })
  readonly version!: string;
}

@InputType('EnrolMemberInput', { description: 'A person who joins.' })
export class EnrolMemberInput {
  @Field(() => String, { description: 'Names this attempt: the same key with the same body is done once.' })
  readonly idempotencyKey!: string;

  @Field(() => String, { nullable: true, description: "The caller's own name for the member, at most 200 characters; unique per partner." })
  readonly externalId?: string | null;

  @Field(() => String, { description: 'How the member is addressed, at most 200 characters.' })
  readonly displayName!: string;

  @Field(() => String, { nullable: true, description: 'Email address; unique in the program.' })
  readonly email?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Phone number of 5 to 15 digits, with a leading + before a country code; unique in the program.',
  })
  readonly phone?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Code of the partner through which the member joins; by default the calling partner. A partner names no other.',
  })
  readonly homePartner?: string | null;

  @Field(() => [ConsentInput], { description: 'What the member allows; SERVICE must be granted.' })
  readonly consents!: readonly ConsentInput[];
}

@ObjectType('EnrolMemberPayload', { description: 'What became of an enrolment.' })
export class EnrolMemberPayload {
  @Field(() => MemberType, { nullable: true, description: 'The member, when enrolled.' })
  readonly member?: MemberType;

  @Field(() => Boolean, { description: 'Whether this repeats an enrolment that was done before.' })
  readonly replayed!: boolean;

  @Field(() => [UserErrorType], { description: 'Why it was refused.' })
  readonly userErrors!: readonly UserErrorType[];
}

@InputType('AssignTierInput', { description: 'A tier for a member.' })
export class AssignTierInput {
  @Field(() => String, { description: 'Names this attempt: the same key with the same body is done once.' })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the member.' })
  readonly memberId!: string;

  @Field(() => String, { description: 'Code of the tier: capitals, digits, underscores.' })
  readonly tier!: string;
}

@InputType('SetMemberStatusInput', { description: 'A status for a member.' })
export class SetMemberStatusInput {
  @Field(() => String, { description: 'Names this attempt: the same key with the same body is done once.' })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the member.' })
  readonly memberId!: string;

  @Field(() => MemberStatusEnum, { description: 'The status. A closed member stays closed.' })
  readonly status!: MemberStatus;
}

@ObjectType('MemberPayload', { description: 'What became of a change of a member.' })
export class MemberPayload {
  @Field(() => MemberType, { nullable: true, description: 'The member as changed.' })
  readonly member?: MemberType;

  @Field(() => Boolean, { description: 'Whether this repeats a change that was done before.' })
  readonly replayed!: boolean;

  @Field(() => [UserErrorType], { description: 'Why it was refused.' })
  readonly userErrors!: readonly UserErrorType[];
}
