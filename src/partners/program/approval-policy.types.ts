import { Field, InputType, ObjectType } from 'type-graphql';
import { Points } from '../../platform/graphql/scalars.ts';
import { ChangePayload } from '../change-payload.types.ts';
import { ProgramType } from './program.types.ts';

const description = "Which holds wait for the member's approval.";

@ObjectType()
@InputType()
abstract class ApprovalPolicyTerms {
  @Field(() => Points, {
    nullable: true,
    description: 'A hold of so many points or more, of whatever currency, waits; when null only those for which the partner asks it.',
  })
  readonly fromPoints?: bigint | null | undefined;
}

@ObjectType('ApprovalPolicy', { description })
export class ApprovalPolicyType extends ApprovalPolicyTerms {}

@InputType('SetApprovalPolicyInput', { description })
export class SetApprovalPolicyInput extends ApprovalPolicyTerms {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;
}

@ObjectType('SetApprovalPolicyPayload', { description: 'The program with its policy, or why nothing was changed.' })
export class SetApprovalPolicyPayload extends ChangePayload {
  @Field(() => ProgramType, { nullable: true, description: 'The program.' })
  readonly program?: ProgramType;
}
