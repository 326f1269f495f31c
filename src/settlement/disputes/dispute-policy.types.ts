import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { UserErrorType } from '../../platform/graphql/common.types.ts';

const description = 'How disputes are answered.';

@ObjectType()
@InputType()
abstract class DisputePolicyTerms {
  @Field(() => Int, {
    description: 'Days that the operator has for an answer, and the partner for escalating a rejection: 1 to 365; at first 10.',
  })
  readonly slaDays!: number;

  @Field(() => Boolean, {
    description: 'Whether a dispute is accepted as a whole when the operator does not answer in time; at first not.',
  })
  readonly autoAccept!: boolean;
}

@ObjectType('DisputePolicy', { description })
export class DisputePolicyType extends DisputePolicyTerms {}

@InputType('SetDisputePolicyInput', { description })
export class SetDisputePolicyInput extends DisputePolicyTerms {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;
}

@ObjectType('SetDisputePolicyPayload', { description: 'The policy, or why nothing was changed.' })
export class SetDisputePolicyPayload {
  @Field(() => DisputePolicyType, { nullable: true, description: 'The policy; null when the change was refused.' })
  readonly policy?: DisputePolicyType | undefined;

  @Field(() => [UserErrorType], { description: 'Why it was refused; empty when it was done.' })
  readonly userErrors!: readonly UserErrorType[];
}
