import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { MoneyInput, MoneyType } from '../../../../platform/graphql/common.types.ts';

const description = 'What the partner pays the operator for late reports and for the platform; at least one of the two.';
const lateSubmissionFee = 'For each purchase that is reported later than that.';
const platformFeePerCycle = 'For the platform, each clearing cycle.';

@ObjectType()
@InputType()
abstract class FeesTerms {
  @Field(() => Int, {
    nullable: true,
    description: 'Hours from a purchase to its report that cost nothing, 0 to 8,784; stands together with `lateSubmissionFee`.',
  })
  readonly lateSubmissionHours?: number | null;
}

@InputType('FeesClauseInput', { description })
export class FeesClauseInput extends FeesTerms {
  @Field(() => MoneyInput, { nullable: true, description: lateSubmissionFee })
  readonly lateSubmissionFee?: MoneyInput | null;

  @Field(() => MoneyInput, { nullable: true, description: platformFeePerCycle })
  readonly platformFeePerCycle?: MoneyInput | null;
}

@ObjectType('FeesClause', { description })
export class FeesClauseType extends FeesTerms {
  @Field(() => MoneyType, { nullable: true, description: lateSubmissionFee })
  readonly lateSubmissionFee?: MoneyType | null;

  @Field(() => MoneyType, { nullable: true, description: platformFeePerCycle })
  readonly platformFeePerCycle?: MoneyType | null;
}
