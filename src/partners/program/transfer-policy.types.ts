import { Field, InputType, ObjectType } from 'type-graphql';
import { Points } from '../../platform/graphql/scalars.ts';
import { ChangePayload } from '../change-payload.types.ts';
import { ProgramType } from './program.types.ts';

const description = 'What members may give to one another. Limits are for each member that gives and each point currency.';

@ObjectType()
@InputType()
abstract class TransferPolicyTerms {
  @Field(() => Boolean, { description: 'Whether members may give points at all.' })
  readonly allowed!: boolean;

  @Field(() => Points, { nullable: true, description: 'Fewest points of one transfer; no minimum when null.' })
  readonly minPoints?: bigint | null | undefined;

  @Field(() => Points, { nullable: true, description: 'Most points that a member gives in a day of program time; no limit when null.' })
  readonly perMemberDayPoints?: bigint | null | undefined;

  @Field(() => Points, {
    nullable: true,
    description: 'Most points that a member gives in a calendar year of program time; no limit when null.',
  })
  readonly perMemberYearPoints?: bigint | null | undefined;
}

@ObjectType('TransferPolicy', { description })
export class TransferPolicyType extends TransferPolicyTerms {}

@InputType('SetTransferPolicyInput', { description })
export class SetTransferPolicyInput extends TransferPolicyTerms {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;
}

@ObjectType('SetTransferPolicyPayload', { description: 'The program with its policy, or why nothing was changed.' })
export class SetTransferPolicyPayload extends ChangePayload {
  @Field(() => ProgramType, { nullable: true, description: 'The program.' })
  readonly program?: ProgramType;
}
