import { Field, InputType, Int, ObjectType } from 'type-graphql';

const description = "How the pool's money for expired points is divided. Without this clause all of it is the operator's.";

@ObjectType('BreakageClause', { description })
@InputType('BreakageClauseInput', { description })
export class BreakageClauseType {
  @Field(() => Int, { description: "The issuer's share, in bps. The three shares sum to 10,000." })
  readonly issuerBps!: number;

  @Field(() => Int, { description: "The operator's share, in bps." })
  readonly operatorBps!: number;

  @Field(() => Int, { nullable: true, defaultValue: 0, description: "The common fund's share, in bps." })
  readonly commonFundBps?: number | null;
}
