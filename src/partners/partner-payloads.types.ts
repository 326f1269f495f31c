import { Field, ObjectType } from 'type-graphql';
import { ChangePayload } from './change-payload.types.ts';
import { PointCurrencyType } from './currencies/point-currency.types.ts';
import { PartnerType } from './partner.types.ts';

@ObjectType('CreatePartnerPayload', { description: 'The new partner, or why there is none.' })
export class CreatePartnerPayload extends ChangePayload {
  @Field(() => PartnerType, { nullable: true, description: 'The partner.' })
  readonly partner?: PartnerType;
}

@ObjectType('PartnerPayload', { description: 'The partner after the change, or why nothing was changed.' })
export class PartnerPayload extends ChangePayload {
  @Field(() => PartnerType, { nullable: true, description: 'The partner.' })
  readonly partner?: PartnerType;
}

@ObjectType('CreatePointCurrencyPayload', { description: 'The new point currency, or why there is none.' })
export class CreatePointCurrencyPayload extends ChangePayload {
  @Field(() => PointCurrencyType, { nullable: true, description: 'The point currency.' })
  readonly currency?: PointCurrencyType;
}
