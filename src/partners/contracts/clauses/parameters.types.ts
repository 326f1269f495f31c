import { Field, InputType, ObjectType } from 'type-graphql';
import { BigIntString } from '../../../platform/graphql/scalars.ts';

const ratio = 'An exact rate, numerator / denominator; both positive.';

@ObjectType('Ratio', { description: ratio })
@InputType('RatioInput', { description: ratio })
export class RatioType {
  @Field(() => BigIntString, { description: 'The part above the line.' })
  readonly numerator!: bigint;

  @Field(() => BigIntString, { description: 'The part below the line.' })
  readonly denominator!: bigint;
}

const partnerWeight = "A partner's weight in a division among several.";

@ObjectType('PartnerWeight', { description: partnerWeight })
@InputType('PartnerWeightInput', { description: partnerWeight })
export class PartnerWeightType {
  @Field(() => String, { description: 'Code of the partner.' })
  readonly partner!: string;

  @Field(() => BigIntString, { description: 'Its weight; where shares are agreed in basis points they sum to 10,000.' })
  readonly weight!: bigint;
}
