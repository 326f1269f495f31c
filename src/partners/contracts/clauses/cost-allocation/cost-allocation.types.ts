import { Field, InputType, ObjectType } from 'type-graphql';
import { MoneyInput, MoneyType } from '../../../../platform/graphql/common.types.ts';
import { enumType } from '../../../../platform/graphql/enum.ts';
import { PartnerWeightType } from '../parameters.types.ts';

export const CostBasisEnum = enumType('CostBasis', 'By what a common budget is divided among partners.', {
  EQUAL: 'Equal parts.',
  FIXED_BPS: 'Agreed shares in bps, which sum to 10,000.',
  FUNDING_VALUE: 'What each pays for points issued in the cycle.',
  BURN_VALUE: 'What each is reimbursed in the cycle.',
  TRANSACTION_COUNT: 'Confirmed accruals, captured redemptions and reported sales of each in the cycle.',
  ACTIVE_MEMBERS: 'Members active at each in the cycle.',
});

const description = 'A part in a common budget. The same code in several contracts is one budget a cycle.';

@ObjectType()
@InputType()
abstract class CostAllocationTerms {
  @Field(() => String, { description: 'Code of the budget.' })
  readonly code!: string;

  @Field(() => CostBasisEnum, { description: 'By what it is divided.' })
  readonly basis!: keyof typeof CostBasisEnum;

  @Field(() => [PartnerWeightType], { nullable: true, description: 'Agreed weights; needed for FIXED_BPS, in bps.' })
  readonly weights?: readonly PartnerWeightType[] | null;
}

const budget = 'The budget of one clearing cycle.';

@InputType('CostAllocationClauseInput', { description })
export class CostAllocationClauseInput extends CostAllocationTerms {
  @Field(() => MoneyInput, { description: budget })
  readonly budget!: MoneyInput;
}

@ObjectType('CostAllocationClause', { description })
export class CostAllocationClauseType extends CostAllocationTerms {
  @Field(() => MoneyType, { description: budget })
  readonly budget!: MoneyType;
}
