import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { MoneyInput, MoneyType } from '../../../../platform/graphql/common.types.ts';

const description = 'When statements are paid and disputed.';

@ObjectType()
@InputType()
abstract class PaymentTerms {
  @Field(() => Int, { description: 'Days from the issue of a statement until it is due.' })
  readonly netDays!: number;

  @Field(() => Int, { nullable: true, defaultValue: 0, description: 'Simple interest on late payment, in bps a day.' })
  readonly lateInterestBpsPerDay?: number | null;

  @Field(() => Int, { description: 'Days from the issue of a statement in which its lines may be disputed.' })
  readonly disputeWindowDays!: number;
}

const carryForwardThreshold = 'Amounts below this are carried into the next cycle instead of paid.';

@InputType('PaymentTermsClauseInput', { description })
export class PaymentTermsClauseInput extends PaymentTerms {
  @Field(() => MoneyInput, { nullable: true, description: carryForwardThreshold })
  readonly carryForwardThreshold?: MoneyInput | null;
}

@ObjectType('PaymentTermsClause', { description })
export class PaymentTermsClauseType extends PaymentTerms {
  @Field(() => MoneyType, { nullable: true, description: carryForwardThreshold })
  readonly carryForwardThreshold?: MoneyType | null;
}
