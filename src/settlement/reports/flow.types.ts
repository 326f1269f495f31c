import { Field, Int, ObjectType } from 'type-graphql';
import { minorOfMicros } from '../../kernel/money.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { PointCurrencyType, toPointCurrency } from '../../partners/currencies/point-currency.types.ts';
import { PartnerType, toPartner } from '../../partners/partner.types.ts';
import { MoneyType } from '../../platform/graphql/common.types.ts';
import { BigIntString, Points } from '../../platform/graphql/scalars.ts';
import type { ShownFlow } from './flow.rules.ts';

@ObjectType('CrossPartnerFlow', {
  description: 'Points of one issuer that were burned at one partner in a clearing cycle, net of refunds.',
})
export class CrossPartnerFlowType {
  @Field(() => PartnerType, { description: 'Who had issued them.' })
  readonly issuer!: PartnerType;

  @Field(() => PartnerType, { description: 'Where they were burned.' })
  readonly acceptor!: PartnerType;

  @Field(() => PointCurrencyType, { description: 'Their currency.' })
  readonly currency!: PointCurrencyType;

  @Field(() => Boolean, {
    description: 'Whether the figures are left out, as they are of too few members or could be subtracted from others.',
  })
  readonly suppressed!: boolean;

  @Field(() => Points, { nullable: true, description: 'How many.' })
  readonly points?: bigint | undefined;

  @Field(() => MoneyType, { nullable: true, description: 'What the acceptor was reimbursed for them, rounded.' })
  readonly value?: MoneyType | undefined;

  @Field(() => BigIntString, {
    nullable: true,
    description: "The same before rounding, in micros of the settlement currency: those of an acceptor add up to its reimbursement's.",
  })
  readonly valueMicros?: bigint | undefined;

  @Field(() => Int, { nullable: true, description: 'Different members whose points they were.' })
  readonly members?: number | undefined;
}

export function toCrossPartnerFlow(coalition: Coalition, flow: ShownFlow): CrossPartnerFlowType {
  const { suppressed, points, micros, members } = flow;
  const { settlementCurrency: currency } = coalition.program;
  const figures = { points, valueMicros: micros, value: { minor: minorOfMicros(micros, currency), currency }, members };
  return {
    issuer: toPartner(coalition.partnerById(flow.issuerId)),
    acceptor: toPartner(coalition.partnerById(flow.acceptorId)),
    currency: toPointCurrency(coalition.currencyNo(flow.currencyNo)),
    suppressed,
    ...(suppressed ? {} : figures),
  };
}
