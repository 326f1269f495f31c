import { Field, ObjectType } from 'type-graphql';
import { PointCurrencyType, toPointCurrency } from '../../partners/currencies/point-currency.types.ts';
import { BigIntString, Points } from '../../platform/graphql/scalars.ts';
import type { Ageing } from './liability-ageing.rules.ts';

@ObjectType('LiabilityBucket', { description: 'Outstanding points of one age.' })
export class LiabilityBucketType {
  @Field(() => String, {
    description:
      'Full months of program time since they were earned, from and below: 0-3, 3-6, 6-12, 12+. What is three months old is of 3-6.',
  })
  readonly label!: string;

  @Field(() => Points, { description: 'How many, held ones included.' })
  readonly points!: bigint;

  @Field(() => BigIntString, {
    description:
      'What burning them would take from the pool, lot by lot at the price each was issued at: micros of the settlement currency.',
  })
  readonly liabilityMicros!: bigint;
}

@ObjectType('LiabilityAgeing', { description: 'How old the outstanding points of one currency are.' })
export class LiabilityAgeingType {
  @Field(() => PointCurrencyType, { description: 'The point currency.' })
  readonly currency!: PointCurrencyType;

  @Field(() => Points, { description: 'All of them together: points in the wallets of members, held ones included, pending ones not.' })
  readonly outstanding!: bigint;

  @Field(() => [LiabilityBucketType], { description: 'By age, the youngest first.' })
  readonly buckets!: readonly LiabilityBucketType[];
}

export function toLiabilityAgeing({ currency, buckets }: Ageing): LiabilityAgeingType {
  return {
    currency: toPointCurrency(currency),
    outstanding: buckets.reduce((sum, { points }) => sum + points, 0n),
    buckets: buckets.map(({ label, points, micros }) => ({ label, points, liabilityMicros: micros })),
  };
}
