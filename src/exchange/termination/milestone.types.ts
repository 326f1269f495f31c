import { Field, ObjectType } from 'type-graphql';
import { MoneyType } from '../../platform/graphql/common.types.ts';
import { enumType } from '../../platform/graphql/enum.ts';
import { DateTime, Points } from '../../platform/graphql/scalars.ts';

const STEPS = {
  EARN_END: 'Purchases earn no more.',
  DEPOSIT: 'A partner that funds its points on redemption pays a deposit.',
  BURN_END: 'The partner takes no more points.',
  HONOUR: 'From here the remaining partners take its points until they expire.',
  BUY_BACK: 'Its points are bought back with vouchers.',
  EXPIRE: 'Its points expire.',
  TAIL_END: 'Nothing settles any more.',
  CONVERT: 'Its points become points of another currency.',
  DEPOSIT_RETURN: 'What is left of the deposit goes back to the partner.',
} as const;

export type Milestone = keyof typeof STEPS;

const MilestoneEnum = enumType<Milestone>('Milestone', 'What happens when a contract ends.', STEPS);

@ObjectType('ContractMilestone', { description: 'One thing that happens when a contract ends: what has happened, and what will.' })
export class ContractMilestoneType {
  @Field(() => MilestoneEnum, { description: 'What happens.' })
  readonly step!: Milestone;

  @Field(() => DateTime, { description: 'The instant from which it is due.' })
  readonly dueAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it was done; null while it is not, or not for all points.' })
  readonly doneAt?: Date | undefined;

  @Field(() => Points, { nullable: true, description: 'Points that it was about so far; null where it is not about points.' })
  readonly points?: bigint | undefined;

  @Field(() => MoneyType, {
    nullable: true,
    description:
      'Money so far: a deposit paid or returned, what points were worth at their redemption element, breakage of expired points. Null where no money moves.',
  })
  readonly amount?: MoneyType | undefined;
}
