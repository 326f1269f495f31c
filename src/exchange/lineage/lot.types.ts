import { Field, ID, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { PointCurrencyType, toPointCurrency } from '../../partners/currencies/point-currency.types.ts';
import { PartnerType, toPartner } from '../../partners/partner.types.ts';
import { NodeType } from '../../platform/graphql/common.types.ts';
import { connectionOf } from '../../platform/graphql/connection.ts';
import { enumType } from '../../platform/graphql/enum.ts';
import { BigIntString, DateTime, Points } from '../../platform/graphql/scalars.ts';
import type { LotSight } from './lineage.rules.ts';
import type { LotChange, LotRoot, StoredLot } from './lot.ts';

const LotOriginKindEnum = enumType<StoredLot['origin']>('LotOriginKind', 'What opened a lot.', {
  ACCRUAL: 'Points were earned.',
  EXCHANGE: 'Points of another currency were exchanged.',
  TRANSFER: 'Another member gave points.',
  REFUND: 'Burned points came back after their lot had expired.',
  CONVERSION: 'Points of a partner that left became points of another.',
});

@ObjectType('Lot', {
  implements: NodeType,
  description:
    'Points of one origin, with one issuer and one expiry: for its member, its issuer and the operator. Who sees it in a chain of its own points sees issuer, currency, points and dates.',
})
export class LotType extends NodeType {
  readonly lot!: StoredLot;
  readonly sight!: LotSight;

  @Field(() => LotOriginKindEnum, { description: 'What opened it.' })
  readonly origin!: StoredLot['origin'];

  @Field(() => Points, {
    nullable: true,
    description: 'Points at first; null to members other than its own, of whom `parents` tells the part.',
  })
  readonly points?: bigint | undefined;

  @Field(() => Points, { nullable: true, description: 'Points left that can be spent; null where it is seen in a chain only.' })
  readonly available?: bigint | undefined;

  @Field(() => Points, { nullable: true, description: 'Points left that are set aside; null where it is seen in a chain only.' })
  readonly held?: bigint | undefined;

  @Field(() => DateTime, { description: 'When the points were earned; points that were given keep it.' })
  readonly earnedAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When they expire; null for never.' })
  readonly expiresAt?: Date | undefined;

  @Field(() => BigIntString, {
    description: 'Redemption element of one point when it was opened, in micros of the settlement currency.',
  })
  readonly redemptionMicros!: bigint;
}

/** A lot as somebody sees it who sees it at all. `toMember` says whether that is a member. */
export function toLot(lot: StoredLot, sight: LotSight, toMember: boolean): LotType {
  const { id, origin, points, available, held, earnedAt, expiresAt, redemptionMicros } = lot;
  const whole = sight === 'FULL';
  return {
    lot,
    sight,
    id: toPublicId('Lot', id),
    origin,
    points: whole || !toMember ? points : undefined,
    available: whole ? available : undefined,
    held: whole ? held : undefined,
    earnedAt,
    expiresAt,
    redemptionMicros,
  };
}

export const LotConnection = connectionOf<LotType>('Lot', () => LotType);

@ObjectType('LotPart', { description: 'Points of a lot that became another one, or a part of it.' })
export class LotPartType {
  @Field(() => LotType, { description: 'The lot at the other end.' })
  readonly lot!: LotType;

  @Field(() => Points, { description: 'How many points of the earlier of the two lots.' })
  readonly points!: bigint;
}

@ObjectType('LotEvent', { description: 'What happened to a lot: how it came, and every use of it.' })
export class LotEventType {
  @Field(() => String, {
    description: 'What happened, a permanent dotted code: accrual.confirmed, redemption.captured, exchange.completed, lot.expired ...',
  })
  readonly type!: string;

  @Field(() => DateTime, { description: 'When it happened.' })
  readonly at!: Date;

  @Field(() => Points, { description: 'Change of the points that can be spent.' })
  readonly points!: bigint;

  @Field(() => Points, { description: 'Change of the points that are set aside.' })
  readonly held!: bigint;

  @Field(() => PartnerType, { nullable: true, description: 'The partner that acted; of points that expired, the one that issued them.' })
  readonly partner?: PartnerType | undefined;

  @Field(() => ID, { nullable: true, description: 'Id of the accrual, redemption, exchange or transfer; null for anything else.' })
  readonly reference?: string | undefined;
}

const REFERENCES = { accrual: 'Accrual', redemption: 'Redemption', exchange: 'Exchange', transfer: 'Transfer' } as const;

function referenceOf({ code, reference }: LotChange): string | undefined {
  const kind = Object.entries(REFERENCES).find(([prefix]) => code.startsWith(`${prefix}.`))?.[1];
  return kind && toPublicId(kind, reference);
}

export function toLotEvent(coalition: Coalition, change: LotChange): LotEventType {
  return {
    type: change.code,
    at: change.at,
    points: change.available,
    held: change.held,
    partner: change.partnerId === null ? undefined : toPartner(coalition.partnerById(change.partnerId)),
    reference: referenceOf(change),
  };
}

@ObjectType('LotOrigin', {
  description: 'A lot at the beginning of a chain: where points were earned, with their first issuer and expiry.',
})
export class LotOriginType {
  readonly accrualId!: string | undefined;

  @Field(() => PartnerType, { description: 'Who issued them.' })
  readonly issuer!: PartnerType;

  @Field(() => PointCurrencyType, { description: 'The point currency.' })
  readonly currency!: PointCurrencyType;

  @Field(() => Points, { description: 'How many of its points went into the chain.' })
  readonly points!: bigint;

  @Field(() => DateTime, { description: 'When they were earned.' })
  readonly earnedAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When they expire, or would have; null for never.' })
  readonly expiresAt?: Date | undefined;
}

export function toLotOrigin(coalition: Coalition, { points, accrualId }: LotRoot, lot: StoredLot): LotOriginType {
  const { earnedAt, expiresAt } = lot;
  const issuer = toPartner(coalition.partnerById(lot.issuer));
  return { accrualId, issuer, currency: toPointCurrency(coalition.currencyNo(lot.currencyNo)), points, earnedAt, expiresAt };
}
