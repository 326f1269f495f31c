import { Field, InputType, ObjectType } from 'type-graphql';
import { DateTime, Points } from '../../../../platform/graphql/scalars.ts';
import { PartnerWeightType } from '../parameters.types.ts';

const description =
  'A promotion that several partners fund together. It stands with equal contributions in the contract of each and works once all are in force.';

@ObjectType('JointPromotionClause', { description })
@InputType('JointPromotionClauseInput', { description })
export class JointPromotionClauseType {
  @Field(() => String, { description: 'Code of the promotion, which accruals name.' })
  readonly promotion!: string;

  @Field(() => [PartnerWeightType], { description: 'The share of each funder in bps; they sum to 10,000.' })
  readonly contributions!: readonly PartnerWeightType[];

  @Field(() => Points, { nullable: true, description: 'Most points that the promotion gives; no limit when left out.' })
  readonly budgetPoints?: bigint | null;

  @Field(() => DateTime, { description: 'First instant of the promotion.' })
  readonly from!: Date;

  @Field(() => DateTime, { description: 'The instant at which it is over.' })
  readonly until!: Date;
}
