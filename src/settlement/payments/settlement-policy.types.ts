import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { ChangePayload } from '../../partners/change-payload.types.ts';
import { ProgramType } from '../../partners/program/program.types.ts';

const description = 'What holds for the payments of all partners.';
const defaultAfterDays =
  'Days after the due date for which a payment may stay unpaid, 1 to 3650; after them it is DEFAULTED and the contract of a partner that should have paid is suspended. At first 30.';

@ObjectType('SettlementPolicy', { description })
export class SettlementPolicyType {
  @Field(() => Int, { description: defaultAfterDays })
  readonly defaultAfterDays!: number;
}

@InputType('SetSettlementPolicyInput', { description })
export class SetSettlementPolicyInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => Int, { description: defaultAfterDays })
  readonly defaultAfterDays!: number;
}

@ObjectType('SetSettlementPolicyPayload', { description: 'The program with its policy, or why nothing was changed.' })
export class SetSettlementPolicyPayload extends ChangePayload {
  @Field(() => ProgramType, { nullable: true, description: 'The program.' })
  readonly program?: ProgramType;
}
