import { Field, ObjectType } from 'type-graphql';
import { PartnerType, toPartner } from '../../partners/partner.types.ts';
import { MoneyType } from '../../platform/graphql/common.types.ts';
import { BigIntString, Points } from '../../platform/graphql/scalars.ts';
import type { RedemptionCost } from './redemption-cost.rules.ts';

@ObjectType('RedemptionCost', { description: 'What points that were burned at one partner in a clearing cycle cost.' })
export class RedemptionCostType {
  @Field(() => PartnerType, { description: 'Where they were burned.' })
  readonly partner!: PartnerType;

  @Field(() => Points, { description: 'Points of all currencies, net of refunds.' })
  readonly points!: bigint;

  @Field(() => MoneyType, { description: 'What the partner was reimbursed: the REIMBURSEMENT line of its statement.' })
  readonly reimbursement!: MoneyType;

  @Field(() => BigIntString, { description: 'The same before rounding, in micros of the settlement currency.' })
  readonly reimbursementMicros!: bigint;

  @Field(() => MoneyType, { description: 'What the operator kept of it: the HANDLING_FEE line, turned positive.' })
  readonly handlingFee!: MoneyType;

  @Field(() => MoneyType, {
    description: "The operator's margin: the handling fee, and the redemption element less the rate at which the partner was reimbursed.",
  })
  readonly operatorMargin!: MoneyType;

  @Field(() => BigIntString, {
    nullable: true,
    description:
      'Reimbursement of one point in micros of the settlement currency, to the nearest; null where no more was burned than refunded.',
  })
  readonly costPerPointMicros?: bigint | undefined;
}

export function toRedemptionCost(cost: RedemptionCost, currency: string): RedemptionCostType {
  const { partner, points, reimbursement, handlingFeeMinor, operatorMinor, perPointMicros } = cost;
  return {
    partner: toPartner(partner),
    points,
    reimbursement: { minor: reimbursement.minor, currency },
    reimbursementMicros: reimbursement.micros,
    handlingFee: { minor: handlingFeeMinor, currency },
    operatorMargin: { minor: operatorMinor, currency },
    costPerPointMicros: perPointMicros,
  };
}
