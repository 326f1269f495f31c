import { Field, InputType, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import { NodeType, UserErrorType } from '../../platform/graphql/common.types.ts';
import { BigIntString, DateTime, Points } from '../../platform/graphql/scalars.ts';
import type { PointBlock } from './point-block.ts';

const ALERT = 'When all blocks of the partner and currency together have so many points left or fewer, it is time to buy again.';

@InputType('PurchasePointBlockInput', { description: 'Points that a partner pays for before it issues them.' })
export class PurchasePointBlockInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => String, { description: 'Code of the partner that pays.' })
  readonly partner!: string;

  @Field(() => String, { description: 'Code of the point currency; the contract must have a PREPAID issuance clause for it.' })
  readonly currency!: string;

  @Field(() => Points, { description: 'How many points.' })
  readonly points!: bigint;

  @Field(() => Points, { nullable: true, description: ALERT })
  readonly alertPoints?: bigint | null;
}

@ObjectType('PointBlock', {
  implements: NodeType,
  description: 'Points of one currency that a partner has paid for and issues from, the earliest block first: for itself and the operator.',
})
export class PointBlockType extends NodeType {
  readonly block!: PointBlock;

  @Field(() => Points, { description: 'Points bought.' })
  readonly points!: bigint;

  @Field(() => Points, { description: 'Points left; those that are pending count as taken.' })
  readonly remaining!: bigint;

  @Field(() => BigIntString, {
    description: 'What one point cost: redemption element + service element of the day of purchase, in micros of the settlement currency.',
  })
  readonly priceMicros!: bigint;

  @Field(() => Points, { nullable: true, description: ALERT })
  readonly alertPoints?: bigint | undefined;

  @Field(() => DateTime, { description: 'When it was bought.' })
  readonly purchasedAt!: Date;
}

export function toPointBlock(block: PointBlock): PointBlockType {
  return {
    block,
    id: toPublicId('PointBlock', block.id),
    points: block.points,
    remaining: block.remaining,
    priceMicros: block.redemptionMicros + block.serviceMicros,
    alertPoints: block.alertPoints,
    purchasedAt: block.purchasedAt,
  };
}

@ObjectType('PurchasePointBlockPayload', { description: 'What became of a purchase of points.' })
export class PurchasePointBlockPayload {
  @Field(() => PointBlockType, { nullable: true, description: 'The block; null when it was refused.' })
  readonly block?: PointBlockType | undefined;

  @Field(() => [UserErrorType], { description: 'Why it was refused; empty when it was done.' })
  readonly userErrors!: readonly UserErrorType[];
}
