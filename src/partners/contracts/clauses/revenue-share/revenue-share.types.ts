import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { MoneyInput, MoneyType } from '../../../../platform/graphql/common.types.ts';
import { enumType } from '../../../../platform/graphql/enum.ts';

export const ShareBasisEnum = enumType('ShareBasis', 'What a revenue share is a share of.', {
  GROSS_SALE: 'Reported sales, gross.',
  NET_SALE: 'Reported sales without points tender, tax and refunds.',
  POINTS_VALUE: 'The value of points burned.',
  FUNDING: 'What the partner pays for points issued.',
});

export const SharePartyEnum = enumType('ShareParty', 'Who receives a revenue share.', {
  HOME: 'The partner through which the member enrolled.',
  ISSUER: 'The partner that issued the points.',
  OPERATOR: 'The operator.',
});

const description = 'A share of its sales that the partner pays to another party.';

@ObjectType()
@InputType()
abstract class RevenueShareTerms {
  @Field(() => ShareBasisEnum, { description: 'What it is a share of.' })
  readonly basis!: keyof typeof ShareBasisEnum;

  @Field(() => Int, { description: 'The share, in bps.' })
  readonly bps!: number;

  @Field(() => SharePartyEnum, { description: 'Who receives it.' })
  readonly payee!: keyof typeof SharePartyEnum;
}

const cap = 'Most that is paid in a clearing cycle.';
const floor = 'Least that is paid in a clearing cycle.';

@InputType('RevenueShareClauseInput', { description })
export class RevenueShareClauseInput extends RevenueShareTerms {
  @Field(() => MoneyInput, { nullable: true, description: cap })
  readonly cap?: MoneyInput | null;

  @Field(() => MoneyInput, { nullable: true, description: floor })
  readonly floor?: MoneyInput | null;
}

@ObjectType('RevenueShareClause', { description })
export class RevenueShareClauseType extends RevenueShareTerms {
  @Field(() => MoneyType, { nullable: true, description: cap })
  readonly cap?: MoneyType | null;

  @Field(() => MoneyType, { nullable: true, description: floor })
  readonly floor?: MoneyType | null;
}
