import { Field, ID, InputType } from 'type-graphql';

const KEY = 'Repeating the request with the same key changes nothing and gives the first answer with `replayed: true`.';

@InputType('ApproveStepUpInput', { description: 'A redemption that the member agrees to.' })
export class ApproveStepUpInput {
  @Field(() => String, { description: KEY })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the redemption.' })
  readonly redemptionId!: string;
}

@InputType('DeclineRedemptionInput', { description: 'A redemption that the member does not agree to.' })
export class DeclineRedemptionInput {
  @Field(() => String, { description: KEY })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the redemption.' })
  readonly redemptionId!: string;
}
