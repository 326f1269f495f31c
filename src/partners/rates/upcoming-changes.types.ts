import { Field, ObjectType } from 'type-graphql';
import { enumType } from '../../platform/graphql/enum.ts';
import { DateTime } from '../../platform/graphql/scalars.ts';
import type { Coalition } from '../coalition.ts';
import { PointCurrencyType, toPointCurrency } from '../currencies/point-currency.types.ts';
import { PartnerType, toPartner } from '../partner.types.ts';
import type { UpcomingChange, UpcomingChangeKind } from './upcoming-changes.rules.ts';

const UpcomingChangeTypeEnum = enumType<UpcomingChangeKind>('UpcomingChangeType', 'What will be different for members.', {
  PARTNER_JOINS: 'The contract of a partner begins.',
  EARNING_BEGINS: 'Purchases at the partner begin to earn the currency.',
  EARNING_ENDS: 'Purchases at the partner earn the currency no more.',
  ACCEPTANCE_BEGINS: 'The partner begins to take the currency.',
  ACCEPTANCE_ENDS: 'The partner takes the currency no more.',
  REDEMPTION_RATE: 'Points of the currency are worth more or less at the partner.',
  BURNING_ENDS: 'The partner takes no points at all any more.',
  EXCHANGE_OPENS: 'Points of the currency can be exchanged for another.',
  EXCHANGE_ENDS: 'Points of the currency can be exchanged for the other no more.',
  EXCHANGE_RATE: 'An exchange gives more or fewer points.',
});

@ObjectType('UpcomingChange', {
  description: 'Something that will be different for members from an instant on: both parties have signed it, or one has given notice.',
})
export class UpcomingChangeType {
  @Field(() => UpcomingChangeTypeEnum, { description: 'What will be different.' })
  readonly type!: UpcomingChangeKind;

  @Field(() => PartnerType, { description: 'The partner in whose contract it stands.' })
  readonly partner!: PartnerType;

  @Field(() => PointCurrencyType, { nullable: true, description: 'The point currency; of an exchange, the one that is given.' })
  readonly currency?: PointCurrencyType | undefined;

  @Field(() => PointCurrencyType, { nullable: true, description: 'Of an exchange, the point currency that is received.' })
  readonly toCurrency?: PointCurrencyType | undefined;

  @Field(() => DateTime, { description: 'First instant at which it holds.' })
  readonly effectiveFrom!: Date;

  @Field(() => String, {
    nullable: true,
    description: 'What a number of points gives until then, such as `1000 APT = 1900 BPT` or `1000 APT = 10.00 CNY`.',
  })
  readonly before?: string | undefined;

  @Field(() => String, { nullable: true, description: 'What the same points give from then on.' })
  readonly after?: string | undefined;

  @Field(() => Boolean, { description: 'Whether members lose by it.' })
  readonly isWorse!: boolean;
}

export function toUpcomingChange(
  { kind, partnerId, currency, toCurrency, ...change }: UpcomingChange,
  coalition: Coalition,
): UpcomingChangeType {
  return {
    ...change,
    type: kind,
    partner: toPartner(coalition.partnerById(partnerId)),
    currency: currencyNamed(currency, coalition),
    toCurrency: currencyNamed(toCurrency, coalition),
  };
}

function currencyNamed(code: string | undefined, coalition: Coalition): PointCurrencyType | undefined {
  const currency = code === undefined ? undefined : coalition.currencyOf(code);
  return currency && toPointCurrency(currency);
}
