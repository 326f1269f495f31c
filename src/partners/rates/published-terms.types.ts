import { Field, Int, ObjectType } from 'type-graphql';
import { Points } from '../../platform/graphql/scalars.ts';
import type { Coalition } from '../coalition.ts';
import { creditedFor } from '../contracts/clauses/exchange/exchange.rules.ts';
import { RatioType } from '../contracts/clauses/parameters.types.ts';
import { PointCurrencyType, toPointCurrency } from '../currencies/point-currency.types.ts';
import type { OfferedExchange } from './published-terms.rules.ts';

@ObjectType('ExchangeRate', { description: 'On which terms members exchange points of one currency for another now.' })
export class ExchangeRateType {
  @Field(() => PointCurrencyType, { description: 'The point currency that is given.' })
  readonly from!: PointCurrencyType;

  @Field(() => PointCurrencyType, { description: 'The point currency that is received.' })
  readonly to!: PointCurrencyType;

  @Field(() => RatioType, { nullable: true, description: 'Points received per point given, before the spread; null while dormant.' })
  readonly rate?: RatioType | undefined;

  @Field(() => Int, { description: 'By how much the member receives less than the rate, in bps.' })
  readonly spreadBps!: number;

  @Field(() => Points, { description: 'Fee in points of the source currency, taken before conversion.' })
  readonly feePoints!: bigint;

  @Field(() => Points, { nullable: true, description: 'Fewest points given in one exchange.' })
  readonly minPoints?: bigint | undefined;

  @Field(() => Points, { nullable: true, description: 'Points given are a multiple of this.' })
  readonly increment?: bigint | undefined;

  @Field(() => Points, { nullable: true, description: 'Points received for 1,000 points, after fee and spread; null while dormant.' })
  readonly memberReceivesPer1000?: bigint | undefined;

  @Field(() => Boolean, { description: 'Whether nothing can be exchanged yet, because one of the two currencies has no price.' })
  readonly dormant!: boolean;

  @Field(() => Int, { description: 'Days by which a change for the worse is announced ahead.' })
  readonly noticeDays!: number;
}

export function toExchangeRate({ terms, rate }: OfferedExchange, coalition: Coalition): ExchangeRateType[] {
  const [from, to] = [coalition.currencyOf(terms.from), coalition.currencyOf(terms.to)];
  if (from === undefined || to === undefined) return [];
  const { spreadBps, feePoints, minPoints, increment, noticeDays } = terms;
  return [
    {
      from: toPointCurrency(from),
      to: toPointCurrency(to),
      rate,
      spreadBps,
      feePoints,
      minPoints,
      increment,
      memberReceivesPer1000: rate && creditedFor(terms, rate, 1_000n),
      dormant: rate === undefined,
      noticeDays,
    },
  ];
}
