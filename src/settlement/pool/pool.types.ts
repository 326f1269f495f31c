import { Field, Int, ObjectType } from 'type-graphql';
import { PointCurrencyType } from '../../partners/currencies/point-currency.types.ts';
import { BigIntString, Points } from '../../platform/graphql/scalars.ts';

@ObjectType('PoolCoverage', { description: 'How far the money in the pool covers the outstanding points of one currency.' })
export class PoolCoverageType {
  @Field(() => PointCurrencyType, { description: 'The point currency.' })
  readonly currency!: PointCurrencyType;

  @Field(() => Points, { description: 'Points in the wallets of members, held ones included, pending ones not.' })
  readonly outstanding!: bigint;

  @Field(() => BigIntString, { description: 'What redeeming all of them takes from the pool, in micros of the settlement currency.' })
  readonly liabilityMicros!: bigint;

  @Field(() => BigIntString, { description: 'What the pool holds for them, in micros of the settlement currency.' })
  readonly poolMicros!: bigint;

  @Field(() => Int, { description: 'Pool over liability in basis points, floored; 10000 when nothing is outstanding.' })
  readonly coverageBps!: number;
}
