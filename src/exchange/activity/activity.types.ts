import { Field, ID, InterfaceType, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { PointCurrencyType, toPointCurrency } from '../../partners/currencies/point-currency.types.ts';
import { PartnerType, toPartner } from '../../partners/partner.types.ts';
import { connectionOf } from '../../platform/graphql/connection.ts';
import { BigIntString, DateTime, Points } from '../../platform/graphql/scalars.ts';
import type { Activity } from './activities.queries.ts';

@ObjectType('ActivityDelta', { description: 'How one activity changed one balance.' })
export class ActivityDeltaType {
  @Field(() => PointCurrencyType, { description: 'The point currency.' })
  readonly currency!: PointCurrencyType;

  @Field(() => Points, { description: 'Change of the available points; + gained, - spent or set aside.' })
  readonly points!: bigint;

  @Field(() => Points, { description: 'Change of the held points.' })
  readonly held!: bigint;

  @Field(() => Points, { description: 'Change of the pending points.' })
  readonly pending!: bigint;
}

@ObjectType('ActivityBalance', { description: 'A balance right after an activity.' })
export class ActivityBalanceType {
  @Field(() => Points, { description: 'Points that could be spent.' })
  readonly available!: bigint;

  @Field(() => Points, { description: 'Points that were promised but not earned yet.' })
  readonly pending!: bigint;

  @Field(() => Points, { description: 'Points that were set aside for orders.' })
  readonly held!: bigint;

  @Field(() => BigIntString, { description: 'Number of the change among all changes of this balance.' })
  readonly version!: bigint;
}

@InterfaceType('Activity', {
  description: 'One change of one balance of a member: one for every posting and point currency.',
  autoRegisterImplementations: true,
  resolveType: ({ shape }: ActivityType) => shape,
})
export abstract class ActivityType {
  /** The type of the schema that it is shown as. */
  readonly shape!: new () => ActivityType;
  /** Stored id of the accrual, redemption ... it belongs to. */
  readonly reference!: string;

  @Field(() => ID, { description: 'Opaque id.' })
  readonly id!: string;

  @Field(() => DateTime, { description: 'When it happened.' })
  readonly at!: Date;

  @Field(() => DateTime, { description: 'When it was recorded; later than `at` when it was reported late.' })
  readonly recordedAt!: Date;

  @Field(() => String, { description: 'What happened, a permanent dotted code: accrual.confirmed, redemption.captured, lot.expired ...' })
  readonly type!: string;

  @Field(() => PartnerType, { nullable: true, description: 'The partner that acted; of points that expired, the one that issued them.' })
  readonly partner?: PartnerType | undefined;

  @Field(() => ActivityDeltaType, { description: 'What changed.' })
  readonly delta!: ActivityDeltaType;

  @Field(() => ActivityBalanceType, { description: 'The balance right afterwards.' })
  readonly balance!: ActivityBalanceType;
}

@ObjectType('AccrualActivity', { implements: ActivityType, description: 'Points were earned or promised, or that was taken back.' })
export class AccrualActivityType extends ActivityType {}

@ObjectType('RedemptionActivity', { implements: ActivityType, description: 'Points were set aside, burned, released or refunded.' })
export class RedemptionActivityType extends ActivityType {}

@ObjectType('ExchangeActivity', {
  implements: ActivityType,
  description: 'Points of one currency became points of another: one activity for each of the two.',
})
export class ExchangeActivityType extends ActivityType {}

@ObjectType('TransferActivity', { implements: ActivityType, description: 'Points were given to another member, or came from one.' })
export class TransferActivityType extends ActivityType {}

@ObjectType('PointsActivity', {
  implements: ActivityType,
  description: 'Points moved otherwise: they expired.',
})
class PointsActivityType extends ActivityType {}

export const ActivityConnection = connectionOf<ActivityType>('Activity', () => ActivityType);

function shapeOf(activity: Activity): ActivityType['shape'] {
  if (activity.code.startsWith('accrual.')) return AccrualActivityType;
  if (activity.code.startsWith('transfer.')) return TransferActivityType;
  if (activity.code.startsWith('exchange.')) return ExchangeActivityType;
  return activity.code.startsWith('redemption.') ? RedemptionActivityType : PointsActivityType;
}

const hex = (value: bigint | number): string => value.toString(16).padStart(16, '0');

export function toActivity(coalition: Coalition, activity: Activity): ActivityType {
  const { available, pending, held, version } = activity;
  return {
    shape: shapeOf(activity),
    reference: activity.reference,
    id: toPublicId('Activity', hex(activity.postingId) + hex(activity.currencyNo)),
    at: activity.occurredAt,
    recordedAt: activity.recordedAt,
    type: activity.code,
    partner: activity.partnerId === null ? undefined : toPartner(coalition.partnerById(activity.partnerId)),
    delta: {
      currency: toPointCurrency(coalition.currencyNo(activity.currencyNo)),
      points: activity.availableChange,
      held: activity.heldChange,
      pending: activity.pendingChange,
    },
    balance: { available, pending, held, version },
  };
}
