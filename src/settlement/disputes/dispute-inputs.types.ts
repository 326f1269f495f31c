import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { MoneyInput, UserErrorType } from '../../platform/graphql/common.types.ts';
import { DisputeType } from './dispute.types.ts';

const KEY = 'Repeating the request with the same key changes nothing and gives the first answer.';
const ENTRIES = 'Ids of at most 100 ledger entries of yours that show it.';

@InputType('OpenDisputeInput', { description: 'A line of a statement that is not right.' })
export class OpenDisputeInput {
  @Field(() => String, { description: KEY })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the line.' })
  readonly statementLineId!: string;

  @Field(() => MoneyInput, {
    description: 'How much of it is disputed, as a positive amount: at most what the line comes to, less what other disputes of it cover.',
  })
  readonly disputedAmount!: MoneyInput;

  @Field(() => String, { description: 'Why: a code such as DUPLICATE_FUNDING, or a few words; 1 to 200 characters.' })
  readonly reason!: string;

  @Field(() => [ID], { nullable: true, description: ENTRIES })
  readonly entryIds?: readonly string[] | null;

  @Field(() => String, { nullable: true, description: 'What is wrong, in 1 to 2,000 characters.' })
  readonly note?: string | null;
}

@InputType('DisputeRefInput', { description: 'A step with a dispute, and what is said with it.' })
export class DisputeRefInput {
  @Field(() => String, { description: KEY })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the dispute.' })
  readonly disputeId!: string;

  @Field(() => String, { nullable: true, description: 'What the other side is told, in 1 to 2,000 characters.' })
  readonly note?: string | null;
}

@InputType('RequestDisputeEvidenceInput', { description: 'What a partner is asked to show.' })
export class RequestDisputeEvidenceInput {
  @Field(() => String, { description: KEY })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the dispute.' })
  readonly disputeId!: string;

  @Field(() => String, { description: 'What is asked for, in 1 to 2,000 characters.' })
  readonly note!: string;
}

@InputType('ProvideDisputeEvidenceInput', { description: 'What a partner shows: words, entries, or both.' })
export class ProvideDisputeEvidenceInput {
  @Field(() => String, { description: KEY })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the dispute.' })
  readonly disputeId!: string;

  @Field(() => String, { nullable: true, description: 'The evidence in words, in 1 to 2,000 characters.' })
  readonly note?: string | null;

  @Field(() => [ID], { nullable: true, description: ENTRIES })
  readonly entryIds?: readonly string[] | null;
}

@InputType('ResolveDisputeInput', { description: 'The decision about a dispute.' })
export class ResolveDisputeInput {
  @Field(() => String, { description: KEY })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the dispute.' })
  readonly disputeId!: string;

  @Field(() => MoneyInput, {
    description: 'How much of it is accepted: all of it, a part, or 0 to reject it. It is adjusted in the open cycle.',
  })
  readonly acceptedAmount!: MoneyInput;

  @Field(() => String, { nullable: true, description: 'What the partner is told, in 1 to 2,000 characters.' })
  readonly note?: string | null;
}

@ObjectType('DisputePayload', { description: 'What became of a step with a dispute.' })
export class DisputePayload {
  @Field(() => DisputeType, { nullable: true, description: 'The dispute; null when the step was refused.' })
  readonly dispute?: DisputeType | undefined;

  @Field(() => [UserErrorType], { description: 'Why it was refused; empty when it was done.' })
  readonly userErrors!: readonly UserErrorType[];
}
