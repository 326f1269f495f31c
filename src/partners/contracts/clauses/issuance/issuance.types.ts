import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { MoneyInput, MoneyType } from '../../../../platform/graphql/common.types.ts';
import { enumType } from '../../../../platform/graphql/enum.ts';
import { BigIntString, Points } from '../../../../platform/graphql/scalars.ts';

export const FundingModelEnum = enumType('FundingModel', 'When an issuer pays the redemption element of its points to the pool.', {
  ON_ISSUANCE: 'All of it when points are issued.',
  ON_REDEMPTION: 'All of it when points are burned or exchanged out.',
  HYBRID: 'A share when points are issued, the rest when they are burned or exchanged out.',
});

export const BillingEnum = enumType('Billing', 'When an issuer is charged.', {
  PREPAID: 'It buys blocks of points beforehand and issues from them.',
  POSTPAID: 'It is charged by the statement of the clearing cycle, up to a credit limit.',
});

const description = 'The right to issue points of one currency, and what a point costs the issuer.';

@ObjectType()
@InputType()
abstract class IssuanceTerms {
  @Field(() => String, { description: 'Code of the point currency.' })
  readonly currency!: string;

  @Field(() => BigIntString, { description: 'Redemption element R, to the pool: micros of settlement currency per point.' })
  readonly redemptionElementMicros!: bigint;

  @Field(() => BigIntString, { description: 'Service element S, to the operator: micros of settlement currency per point.' })
  readonly serviceElementMicros!: bigint;

  @Field(() => FundingModelEnum, { nullable: true, defaultValue: 'ON_ISSUANCE', description: 'When the redemption element is paid.' })
  readonly fundingModel?: keyof typeof FundingModelEnum | null;

  @Field(() => Int, { nullable: true, description: 'Share of the redemption element paid at issuance, in bps; for HYBRID and only there.' })
  readonly issueShareBps?: number | null;

  @Field(() => Boolean, { nullable: true, defaultValue: false, description: 'Whether what was not funded is charged when points expire.' })
  readonly chargeOnExpiry?: boolean | null;

  @Field(() => BillingEnum, {
    nullable: true,
    defaultValue: 'POSTPAID',
    description: 'When the issuer is charged; PREPAID needs ON_ISSUANCE.',
  })
  readonly billing?: keyof typeof BillingEnum | null;

  @Field(() => Points, { nullable: true, description: 'Most points issued in a clearing cycle, net of reversals; no limit when left out.' })
  readonly capPerCycle?: bigint | null;

  @Field(() => Points, { nullable: true, description: 'Points that the issuer pays for in each clearing cycle at least.' })
  readonly minCommitmentPoints?: bigint | null;
}

const creditLimit = 'Most that the partner may owe including the open cycle; no limit when left out.';

@InputType('IssuanceClauseInput', { description })
export class IssuanceClauseInput extends IssuanceTerms {
  @Field(() => MoneyInput, { nullable: true, description: creditLimit })
  readonly creditLimit?: MoneyInput | null;
}

@ObjectType('IssuanceClause', { description })
export class IssuanceClauseType extends IssuanceTerms {
  @Field(() => MoneyType, { nullable: true, description: creditLimit })
  readonly creditLimit?: MoneyType | null;
}
