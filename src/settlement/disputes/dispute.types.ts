import { Field, Int, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import { MoneyType, NodeType } from '../../platform/graphql/common.types.ts';
import { connectionOf } from '../../platform/graphql/connection.ts';
import { enumType } from '../../platform/graphql/enum.ts';
import { DateTime } from '../../platform/graphql/scalars.ts';
import { isOverdue } from './dispute.rules.ts';
import type { Dispute, DisputeActor, DisputeStatus, DisputeStep } from './dispute.ts';

export const DisputeStatusEnum = enumType<DisputeStatus>('DisputeStatus', 'Where a dispute stands.', {
  OPENED: 'The operator has it, and has not taken it yet.',
  UNDER_REVIEW: 'The operator looks into it.',
  EVIDENCE_REQUESTED: "The operator waits for evidence of the partner; the operator's time stands still.",
  EVIDENCE_PROVIDED: 'The partner gave evidence: it is with the operator again.',
  ACCEPTED: 'All of it was accepted and is adjusted in the cycle that was open.',
  PARTIALLY_ACCEPTED: 'A part of it was accepted and is adjusted in the cycle that was open.',
  REJECTED: 'Nothing was accepted. Before stage 3 the partner may escalate that.',
  WITHDRAWN: 'The partner took it back.',
});

const DisputeActorEnum = enumType<DisputeActor>('DisputeActor', 'Who took a step of a dispute.', {
  PARTNER: 'The partner whose statement it is.',
  OPERATOR: 'The operator.',
  POLICY: 'Nobody: the operator did not answer in time, and the policy says that it is accepted then.',
});

@ObjectType('Dispute', {
  implements: NodeType,
  description: 'A challenge to a line of a statement, whole or in part: for the partner whose statement it is and the operator.',
})
export class DisputeType extends NodeType {
  readonly dispute!: Dispute;

  @Field(() => DisputeStatusEnum, { description: 'Where it stands.' })
  readonly status!: DisputeStatus;

  @Field(() => Int, { description: '1 to 3: one more for each escalation. The decision of stage 3 is final.' })
  readonly stage!: number;

  @Field(() => String, { description: 'Why, in the words of the partner: a code or a few words.' })
  readonly reason!: string;

  @Field(() => MoneyType, {
    description: 'How much of the line is disputed. The partner wants to receive so much more, or pay so much less.',
  })
  readonly disputedAmount!: MoneyType;

  @Field(() => MoneyType, { nullable: true, description: 'How much of it was accepted; null until it is decided.' })
  readonly acceptedAmount?: MoneyType | undefined;

  @Field(() => DateTime, { description: 'When it was opened.' })
  readonly openedAt!: Date;

  @Field(() => DateTime, {
    nullable: true,
    description: 'By when the operator must answer, in program time; null while it waits for the partner, and once it has ended.',
  })
  readonly dueAt?: Date | null;

  @Field(() => Boolean, { description: 'Whether that time has passed.' })
  readonly isOverdue!: boolean;

  @Field(() => DateTime, { nullable: true, description: 'The last instant at which its rejection may be escalated.' })
  readonly escalableUntil?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was decided or withdrawn.' })
  readonly resolvedAt?: Date | null;
}

export const DisputeConnection = connectionOf<DisputeType>('Dispute', () => DisputeType);

@ObjectType('DisputeStep', { description: 'One step that was taken with a dispute. It is never changed.' })
export class DisputeStepType {
  readonly step!: DisputeStep;

  @Field(() => DisputeStatusEnum, { description: 'What it led to.' })
  readonly status!: DisputeStatus;

  @Field(() => Int, { description: 'The stage then.' })
  readonly stage!: number;

  @Field(() => DisputeActorEnum, { description: 'Who took it.' })
  readonly by!: DisputeActor;

  @Field(() => DateTime, { description: 'When it was taken.' })
  readonly at!: Date;

  @Field(() => String, { nullable: true, description: 'What was said with it.' })
  readonly note?: string | null;

  @Field(() => MoneyType, { nullable: true, description: 'What it accepted; null when it decided nothing.' })
  readonly acceptedAmount?: MoneyType | undefined;
}

export function toDispute(dispute: Dispute, currency: string, now: Date): DisputeType {
  const { status, stage, reason, disputedMinor, acceptedMinor, openedAt, dueAt, escalableUntil, resolvedAt } = dispute;
  return {
    dispute,
    id: toPublicId('Dispute', dispute.id),
    disputedAmount: { minor: disputedMinor, currency },
    acceptedAmount: acceptedMinor === null ? undefined : { minor: acceptedMinor, currency },
    isOverdue: isOverdue(dispute, now),
    ...{ status, stage, reason, openedAt, dueAt, escalableUntil, resolvedAt },
  };
}

export function toDisputeStep(step: DisputeStep, currency: string): DisputeStepType {
  const { status, stage, actor, at, note, acceptedMinor } = step;
  return {
    step,
    by: actor,
    acceptedAmount: acceptedMinor === null ? undefined : { minor: acceptedMinor, currency },
    ...{ status, stage, at, note },
  };
}
