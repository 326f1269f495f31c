import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { BigIntString, Points } from '../../../../platform/graphql/scalars.ts';

const description = 'The right to take points as payment, and what the partner is reimbursed.';

@ObjectType('AcceptanceClause', { description })
@InputType('AcceptanceClauseInput', { description })
export class AcceptanceClauseType {
  @Field(() => [String], { description: 'Codes of the point currencies that are taken.' })
  readonly currencies!: readonly string[];

  @Field(() => BigIntString, {
    nullable: true,
    description: 'Reimbursement in micros of settlement currency per point; the redemption element of the burned currency when left out.',
  })
  readonly reimbursementMicros?: bigint | null;

  @Field(() => Int, { nullable: true, defaultValue: 0, description: 'What the operator keeps of the reimbursement, in bps.' })
  readonly handlingFeeBps?: number | null;

  @Field(() => Points, { nullable: true, description: 'Fewest points of one redemption.' })
  readonly minPoints?: bigint | null;

  @Field(() => Int, { nullable: true, description: 'Largest share of an order that may be paid with points, in bps.' })
  readonly maxTenderShareBps?: number | null;

  @Field(() => Points, { nullable: true, description: 'Most points that a member redeems here in a day of program time.' })
  readonly perMemberDayPoints?: bigint | null;

  @Field(() => [String], { nullable: true, description: 'Codes of partners whose points are not taken.' })
  readonly excludedIssuers?: readonly string[] | null;

  @Field(() => Boolean, { nullable: true, defaultValue: true, description: 'Whether points that the partner issued itself are taken.' })
  readonly allowSelfRedemption?: boolean | null;

  @Field(() => Int, { nullable: true, defaultValue: 30, description: 'Days by which a change for the worse is announced ahead.' })
  readonly noticeDays?: number | null;
}
