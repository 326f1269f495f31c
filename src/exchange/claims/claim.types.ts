import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import { MemberRefInput } from '../../members/member.types.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { OPERATOR } from '../../partners/contracts/clauses/responsibility/responsibility.rules.ts';
import { ResponsibilityTaskEnum } from '../../partners/contracts/clauses/responsibility/responsibility.types.ts';
import { PartnerType, toPartner } from '../../partners/partner.types.ts';
import { MoneyInput, MoneyType, NodeType, UserErrorType } from '../../platform/graphql/common.types.ts';
import { connectionOf } from '../../platform/graphql/connection.ts';
import { enumType } from '../../platform/graphql/enum.ts';
import { DateTime, Points } from '../../platform/graphql/scalars.ts';
import { isOverdue } from './claim.rules.ts';
import type { Claim, ClaimStatus, ClaimTask } from './claim.ts';
import type { ClaimDecision } from './resolve-claim.ts';

const KEY = 'Repeating the request with the same key changes nothing and gives the first answer with `replayed: true`.';

export const ClaimStatusEnum = enumType<ClaimStatus>('ClaimStatus', 'Where a claim stands.', {
  OPENED: 'Nobody has looked at it yet.',
  PARTNER_REVIEW: 'Whoever answers for it is looking into it.',
  APPROVED: 'The points were earned, as of the original day.',
  REJECTED: 'It was turned down; the member may escalate that once.',
  ESCALATED: 'The member did not accept the rejection: the operator decides for good.',
});

const ClaimDecisionEnum = enumType<ClaimDecision>('ClaimDecision', 'How a claim is decided.', {
  APPROVE: 'The purchase earns what its rules say, as of its day.',
  REJECT: 'Nothing is earned; the reason says why.',
});

const ClaimEventTypeEnum = enumType<'SLA_BREACHED'>('ClaimEventType', 'What can be noted of a claim.', {
  SLA_BREACHED: 'Its time ran out without a decision: 24 hours after it was opened or escalated.',
});

@ObjectType('ClaimEvent', { description: 'What was noted of a claim. It is never changed.' })
export class ClaimEventType {
  @Field(() => ClaimEventTypeEnum, { description: 'What happened.' })
  readonly type!: 'SLA_BREACHED';

  @Field(() => DateTime, { description: 'When it happened: for SLA_BREACHED when its time ran out.' })
  readonly at!: Date;
}

@ObjectType('Claim', {
  implements: NodeType,
  description: 'Points that a member misses. For the member, the operator, the partner that it is about and the party that answers for it.',
})
export class ClaimType extends NodeType {
  readonly claim!: Claim;

  @Field(() => ClaimStatusEnum, { description: 'Where it stands.' })
  readonly status!: ClaimStatus;

  @Field(() => ResponsibilityTaskEnum, { description: 'What it is about; it decides who answers for it.' })
  readonly task!: ClaimTask;

  @Field(() => PartnerType, { description: 'The partner at which the points were earned, as the member says.' })
  readonly partner!: PartnerType;

  @Field(() => String, { nullable: true, description: "The partner's name for the purchase, such as the number of the receipt." })
  readonly externalId?: string | undefined;

  @Field(() => DateTime, { description: 'When the purchase was made.' })
  readonly occurredAt!: Date;

  @Field(() => MoneyType, { nullable: true, description: 'The amount spent.' })
  readonly amount?: MoneyType | undefined;

  @Field(() => Points, { nullable: true, description: 'The points missed, where no amount was spent.' })
  readonly points?: bigint | undefined;

  @Field(() => String, { description: 'What happened, in the words of the member.' })
  readonly note!: string;

  @Field(() => String, { description: 'Who answers for it: code of a partner, or OPERATOR.' })
  readonly assignedTo!: string;

  @Field(() => DateTime, { description: 'When it was opened.' })
  readonly openedAt!: Date;

  @Field(() => DateTime, { description: 'By when it is to be decided: 24 hours after it was opened or escalated.' })
  readonly slaDueAt!: Date;

  @Field(() => Boolean, { description: 'Whether that time has passed without a decision.' })
  readonly isOverdue!: boolean;

  @Field(() => DateTime, { nullable: true, description: 'When the member escalated it.' })
  readonly escalatedAt?: Date | undefined;

  @Field(() => DateTime, { nullable: true, description: 'When it was decided.' })
  readonly resolvedAt?: Date | undefined;

  @Field(() => String, { nullable: true, description: 'What was said with the last decision.' })
  readonly reason?: string | undefined;
}

export function toClaim(coalition: Coalition, claim: Claim, now: Date): ClaimType {
  const { settlementCurrency: currency } = coalition.program;
  return {
    claim,
    id: toPublicId('Claim', claim.id),
    status: claim.status,
    task: claim.task,
    partner: toPartner(coalition.partnerById(claim.partnerId)),
    externalId: claim.externalId ?? undefined,
    occurredAt: claim.occurredAt,
    amount: claim.amountMinor === null ? undefined : { minor: claim.amountMinor, currency },
    points: claim.points ?? undefined,
    note: claim.note,
    assignedTo: claim.assigneeId === null ? OPERATOR : coalition.partnerById(claim.assigneeId).code,
    openedAt: claim.openedAt,
    slaDueAt: claim.slaDueAt,
    isOverdue: isOverdue(claim, now),
    escalatedAt: claim.escalatedAt ?? undefined,
    resolvedAt: claim.resolvedAt ?? undefined,
    reason: claim.reason ?? undefined,
  };
}

export const ClaimConnection = connectionOf<ClaimType>('Claim', () => ClaimType);

@InputType('ClaimMissingPointsInput', { description: 'A purchase whose points a member misses. Give the amount spent, or the points.' })
export class ClaimMissingPointsInput {
  @Field(() => String, { description: KEY })
  readonly idempotencyKey!: string;

  @Field(() => MemberRefInput, { nullable: true, description: 'Whose points; a member leaves it out.' })
  readonly member?: MemberRefInput | null;

  @Field(() => String, { description: 'Code of the partner at which they were earned.' })
  readonly partner!: string;

  @Field(() => String, { nullable: true, description: "The partner's name for the purchase, such as the number of the receipt." })
  readonly externalId?: string | null;

  @Field(() => DateTime, { description: "When the purchase was made; not later than the program's clock." })
  readonly occurredAt!: Date;

  @Field(() => MoneyInput, { nullable: true, description: 'The amount spent.' })
  readonly amount?: MoneyInput | null;

  @Field(() => Points, { nullable: true, description: 'The points missed, where no amount was spent.' })
  readonly points?: bigint | null;

  @Field(() => ResponsibilityTaskEnum, {
    nullable: true,
    defaultValue: 'ACCRUAL_ERROR',
    description: 'What it is about; it decides who answers for it.',
  })
  readonly task?: ClaimTask | null;

  @Field(() => String, { description: 'What happened, in 1 to 2,000 characters.' })
  readonly note!: string;
}

@InputType('ReviewClaimInput', { description: 'A claim that is being looked into.' })
export class ReviewClaimInput {
  @Field(() => String, { description: KEY })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the claim.' })
  readonly claimId!: string;
}

@InputType('ResolveClaimInput', { description: 'The decision about a claim.' })
export class ResolveClaimInput {
  @Field(() => String, { description: KEY })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the claim.' })
  readonly claimId!: string;

  @Field(() => ClaimDecisionEnum, { description: 'How it is decided.' })
  readonly decision!: ClaimDecision;

  @Field(() => String, { nullable: true, description: 'What the member is told, in 1 to 2,000 characters; a rejection needs it.' })
  readonly reason?: string | null;
}

@InputType('EscalateClaimInput', { description: 'A rejection that the member does not accept.' })
export class EscalateClaimInput {
  @Field(() => String, { description: KEY })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the claim.' })
  readonly claimId!: string;
}

@ObjectType('ClaimPayload', { description: 'What became of a claim.' })
export class ClaimPayload {
  @Field(() => ClaimType, { nullable: true, description: 'The claim; null when it was refused.' })
  readonly claim?: ClaimType | undefined;

  @Field(() => Boolean, { description: 'Whether this is the first answer again.' })
  readonly replayed!: boolean;

  @Field(() => [UserErrorType], { description: 'Why it was refused; empty when it was done.' })
  readonly userErrors!: readonly UserErrorType[];
}
