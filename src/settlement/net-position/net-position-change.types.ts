import { Field, ObjectType } from 'type-graphql';
import { ExposureType } from '../../exchange/exposure/exposure.types.ts';
import { PartnerType } from '../../partners/partner.types.ts';
import { MoneyType } from '../../platform/graphql/common.types.ts';
import { BigIntString } from '../../platform/graphql/scalars.ts';

@ObjectType('NetPositionChange', { description: 'Where a partner stands in the open cycle after changes.' })
export class NetPositionChangeType {
  readonly partnerId!: string;

  @Field(() => PartnerType, { description: 'The partner.' })
  readonly partner!: PartnerType;

  @Field(() => MoneyType, { description: 'Its net position of the open cycle, as it would come out now: + it receives, - it pays.' })
  readonly netPosition!: MoneyType;

  @Field(() => ExposureType, { nullable: true, description: 'What it owes against its credit limit.' })
  readonly exposure?: ExposureType | undefined;

  @Field(() => BigIntString, {
    description: 'Grows with every change of the accounts that the position is made of; changes in quick succession are told as one.',
  })
  readonly version!: bigint;

  @Field(() => Boolean, { description: 'Whether this is how things stood at the beginning, or after messages were dropped.' })
  readonly resync!: boolean;
}
