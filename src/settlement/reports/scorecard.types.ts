import { Field, Int, ObjectType } from 'type-graphql';
import { PartnerType, toPartner } from '../../partners/partner.types.ts';
import { MoneyType } from '../../platform/graphql/common.types.ts';
import { Points } from '../../platform/graphql/scalars.ts';
import type { Scorecard } from './scorecard.rules.ts';

@ObjectType('PartnerScorecard', { description: 'How a partner did in a clearing cycle.' })
export class PartnerScorecardType {
  @Field(() => PartnerType, { description: 'The partner.' })
  readonly partner!: PartnerType;

  @Field(() => Points, { description: 'Points that it issued, net of reversals; those of joint promotions are not its own.' })
  readonly issued!: bigint;

  @Field(() => Points, { description: 'Points of all issuers that were burned at it, net of refunds.' })
  readonly burned!: bigint;

  @Field(() => MoneyType, { description: 'Its net position: + it receives, - it pays.' })
  readonly net!: MoneyType;

  @Field(() => Int, { description: 'Members who enrolled through it while the cycle lasted.' })
  readonly newMembers!: number;

  @Field(() => Int, {
    nullable: true,
    description:
      'Disputed lines over the lines of its statement, in basis points to the nearest; null while there is no statement or line.',
  })
  readonly disputeRateBps?: number | undefined;

  @Field(() => Int, {
    nullable: true,
    description:
      'Points burned at it over points that it issued, in basis points to the nearest, at most 2147483647; null where it issued none.',
  })
  readonly redemptionRateBps?: number | undefined;
}

export function toPartnerScorecard(card: Scorecard, currency: string): PartnerScorecardType {
  const { partner, netMinor, newMembers, ...figures } = card;
  return { ...figures, partner: toPartner(partner), net: { minor: netMinor, currency }, newMembers: Number(newMembers) };
}
