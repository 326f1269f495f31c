import { Field, Int, ObjectType } from 'type-graphql';
import { PartnerType, toPartner } from '../../partners/partner.types.ts';
import { Points } from '../../platform/graphql/scalars.ts';
import type { Kpis, PointsShare } from './kpis.rules.ts';

const BPS = 'in basis points to the nearest, at most 2147483647';

@ObjectType('PointsShare', { description: "One partner's part in the points of a clearing cycle." })
export class PointsShareType {
  @Field(() => PartnerType, { description: 'The partner.' })
  readonly partner!: PartnerType;

  @Field(() => Points, { description: 'Its points, net of what was taken back.' })
  readonly points!: bigint;

  @Field(() => Int, { nullable: true, description: `Its part in those of all partners, ${BPS}; null where totals are left out.` })
  readonly shareBps?: number | undefined;
}

@ObjectType('ProgramKpis', { description: 'What the whole coalition did in a clearing cycle. Points are net of reversals and refunds.' })
export class ProgramKpisType {
  @Field(() => Boolean, {
    description: 'Whether totals are left out: a partner that knows its own part could tell what few members did, or the cycle is open.',
  })
  readonly suppressed!: boolean;

  @Field(() => Points, { nullable: true, description: 'Points that partners issued; those of joint promotions are apart.' })
  readonly issued?: bigint | undefined;

  @Field(() => Points, { nullable: true, description: 'OPERATOR: points that joint promotions gave.' })
  readonly jointlyIssued?: bigint | undefined;

  @Field(() => Points, { nullable: true, description: 'Points that were burned.' })
  readonly burned?: bigint | undefined;

  @Field(() => Points, { nullable: true, description: 'OPERATOR: points that expired.' })
  readonly expired?: bigint | undefined;

  @Field(() => Int, { nullable: true, description: 'Different members who earned, burned or bought.' })
  readonly activeMembers?: number | undefined;

  @Field(() => [PointsShareType], { description: 'Who issued how much, the largest first. A partner sees its own part.' })
  readonly issuers!: readonly PointsShareType[];

  @Field(() => [PointsShareType], { description: 'Where how much was burned, the largest first. A partner sees its own part.' })
  readonly acceptors!: readonly PointsShareType[];

  @Field(() => Int, { nullable: true, description: `OPERATOR: burned points over all that were given, ${BPS}; null where none were.` })
  readonly redemptionRateBps?: number | undefined;

  @Field(() => Int, { nullable: true, description: `OPERATOR: expired points over all that were given, ${BPS}; null where none were.` })
  readonly breakageRateBps?: number | undefined;

  @Field(() => Int, {
    nullable: true,
    description: `OPERATOR: points burned at another partner than their issuer, over all that were burned, ${BPS}; null where none were.`,
  })
  readonly crossBrandBurnBps?: number | undefined;

  @Field(() => Int, {
    nullable: true,
    description: 'OPERATOR: sum of the squared parts of issuers (Herfindahl), in basis points to the nearest: 10000 where one issued all.',
  })
  readonly issuanceConcentrationBps?: number | undefined;
}

const toShare = ({ partner, points, shareBps }: PointsShare): PointsShareType => ({ partner: toPartner(partner), points, shareBps });

/** All of it, as operators see it. */
export function toProgramKpis(kpis: Kpis): ProgramKpisType {
  return { ...kpis, suppressed: false, issuers: kpis.issuers.map(toShare), acceptors: kpis.acceptors.map(toShare) };
}

/** What a partner sees: its own parts, and totals unless they are suppressed. */
export function toPartnersKpis(kpis: Kpis, partnerId: string, suppressed: boolean): ProgramKpisType {
  const { issued, burned, activeMembers } = kpis;
  const own = (shares: readonly PointsShare[]) =>
    shares
      .filter(({ partner }) => partner.id === partnerId)
      .map((share) => toShare(suppressed ? { ...share, shareBps: undefined } : share));
  return {
    suppressed,
    issuers: own(kpis.issuers),
    acceptors: own(kpis.acceptors),
    ...(suppressed ? {} : { issued, burned, activeMembers }),
  };
}
