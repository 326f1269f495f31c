import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { Points } from '../../../../platform/graphql/scalars.ts';
import { RatioType } from '../parameters.types.ts';

const description =
  "The right of members to exchange points of one currency for another. It stands in the contract of the source currency's issuer.";

@ObjectType('ExchangeClause', { description })
@InputType('ExchangeClauseInput', { description })
export class ExchangeClauseType {
  @Field(() => String, { description: 'Code of the point currency that is given.' })
  readonly from!: string;

  @Field(() => String, { description: 'Code of the point currency that is received.' })
  readonly to!: string;

  @Field(() => Int, { description: 'By how much the member receives less than the mid rate, in bps.' })
  readonly spreadBps!: number;

  @Field(() => Points, { nullable: true, defaultValue: 0, description: 'Fee in points of the source currency, taken before conversion.' })
  readonly feePoints?: bigint | null;

  @Field(() => RatioType, {
    nullable: true,
    description: 'Points received per point given, before the spread; R(from) / R(to) when left out.',
  })
  readonly rate?: RatioType | null;

  @Field(() => Points, { nullable: true, description: 'Fewest points given in one exchange.' })
  readonly minPoints?: bigint | null;

  @Field(() => Points, { nullable: true, description: 'Points given are a multiple of this.' })
  readonly increment?: bigint | null;

  @Field(() => Points, { nullable: true, description: 'Most points given in one exchange.' })
  readonly maxPerTxPoints?: bigint | null;

  @Field(() => Points, { nullable: true, description: 'Most points that a member gives in a day of program time.' })
  readonly perMemberDayPoints?: bigint | null;

  @Field(() => Points, { nullable: true, description: 'Most points that a member gives in a calendar month of program time.' })
  readonly perMemberMonthPoints?: bigint | null;

  @Field(() => Points, { nullable: true, description: 'Most points that a member gives in a calendar year of program time.' })
  readonly perMemberYearPoints?: bigint | null;

  @Field(() => Points, { nullable: true, description: 'Most points given by all members in a clearing cycle.' })
  readonly capPerCycle?: bigint | null;

  @Field(() => Int, { nullable: true, defaultValue: 300, description: 'How long a quote holds, in seconds.' })
  readonly quoteTtlSeconds?: number | null;

  @Field(() => Int, { nullable: true, defaultValue: 30, description: 'Days by which a change for the worse is announced ahead.' })
  readonly noticeDays?: number | null;

  @Field(() => Int, { description: "The operator's share of the spread, in bps. The three shares sum to 10,000." })
  readonly operatorShareBps!: number;

  @Field(() => Int, { description: "The source currency's issuer's share of the spread, in bps." })
  readonly sourceShareBps!: number;

  @Field(() => Int, { description: "The destination currency's issuer's share of the spread, in bps." })
  readonly destinationShareBps!: number;
}
