import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import { minorOfMicros } from '../../kernel/money.ts';
import { MemberRefInput } from '../../members/member.types.ts';
import type { Channel } from '../../partners/channel.ts';
import { ChannelEnum } from '../../partners/channel.types.ts';
import { lowestTerms, rateAfterSpread } from '../../partners/contracts/clauses/exchange/exchange.rules.ts';
import { RatioType } from '../../partners/contracts/clauses/parameters.types.ts';
import { MoneyInput, MoneyType, NodeType, UserErrorType } from '../../platform/graphql/common.types.ts';
import { BigIntString, DateTime, Points } from '../../platform/graphql/scalars.ts';
import { RedemptionType } from '../redemption/redemption.types.ts';
import { BalanceType } from '../wallets/balance.types.ts';
import type { Exchange, ExchangeQuote } from './exchange.ts';

const KEY = 'Repeating the request with the same key changes nothing and gives the first answer with `replayed: true`.';

@InputType('QuoteExchangeInput', { description: 'Points that a member might exchange for those of another brand.' })
export class QuoteExchangeInput {
  @Field(() => MemberRefInput, { nullable: true, description: 'The member; may be left out by a member, who asks for itself.' })
  readonly member?: MemberRefInput | null;

  @Field(() => String, { description: 'Code of the point currency that is given.' })
  readonly from!: string;

  @Field(() => String, { description: 'Code of the point currency that is received.' })
  readonly to!: string;

  @Field(() => Points, { description: 'How many points are given, the fee among them.' })
  readonly points!: bigint;
}

@InputType('ExchangePointsInput', { description: 'A quote to execute.' })
export class ExchangePointsInput {
  @Field(() => String, { description: KEY })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: "Id of the quote: a member's own, or one that the partner asked for." })
  readonly quoteId!: string;
}

@InputType('PayWithExchangeInput', { description: 'A purchase that a member pays with points which the partner does not take itself.' })
export class PayWithExchangeInput {
  @Field(() => String, { description: KEY })
  readonly idempotencyKey!: string;

  @Field(() => MemberRefInput, { description: 'Who pays.' })
  readonly member!: MemberRefInput;

  @Field(() => String, { description: 'Code of the point currency that the member gives.' })
  readonly from!: string;

  @Field(() => String, { description: 'Code of the point currency that the partner takes.' })
  readonly currency!: string;

  @Field(() => Points, { description: 'What the purchase costs, in points of `currency`.' })
  readonly points!: bigint;

  @Field(() => Points, {
    nullable: true,
    description: 'The most points of `from` that the member agrees to give; if more are needed, nothing happens. Any number when left out.',
  })
  readonly maxDebited?: bigint | null;

  @Field(() => String, { description: "The partner's name for the order." })
  readonly orderExternalId!: string;

  @Field(() => MoneyInput, {
    nullable: true,
    description: 'The whole order; with it a clause that limits the share paid with points is enforced.',
  })
  readonly orderAmount?: MoneyInput | null;

  @Field(() => ChannelEnum, { nullable: true, defaultValue: 'PARTNER_API', description: 'Where the member and the partner met.' })
  readonly channel?: Channel | null;

  @Field(() => String, {
    nullable: true,
    description: "The partner's own id of the location; needed where the scope of its contract names locations.",
  })
  readonly locationId?: string | null;
}

@ObjectType('ExchangeQuote', { description: 'What a member gets for points. The rate, the spread and the fee hold until it expires.' })
export class ExchangeQuoteType {
  @Field(() => ID, { description: 'Opaque id; `exchangePoints` takes it.' })
  readonly id!: string;

  @Field(() => DateTime, { description: "When it ends, by the program's clock." })
  readonly expiresAt!: Date;

  @Field(() => Points, { description: 'Points that are given, the fee among them.' })
  readonly debited!: bigint;

  @Field(() => Points, { description: 'Points that are received: (debited - feePoints) x rate, rounded down once.' })
  readonly credited!: bigint;

  @Field(() => Int, { description: 'By how much the member receives less than the rate before it, in bps.' })
  readonly spreadBps!: number;

  @Field(() => Points, { description: 'Fee in points of the source currency, taken before conversion.' })
  readonly feePoints!: bigint;

  @Field(() => RatioType, {
    nullable: true,
    description:
      'Points received per point given at which nothing is lost or gained: R(from) / R(to). Null where the points received are worth nothing.',
  })
  readonly mid?: RatioType | undefined;

  @Field(() => RatioType, { description: 'Points received per point given after the spread.' })
  readonly rate!: RatioType;

  @Field(() => MoneyType, { description: 'What the points given are worth, debited x R(from), rounded half away from zero.' })
  readonly valueBefore!: MoneyType;

  @Field(() => MoneyType, { description: 'What the points received are worth, credited x R(to), rounded half away from zero.' })
  readonly valueAfter!: MoneyType;
}

export function toExchangeQuote(quote: ExchangeQuote, settlementCurrency: string): ExchangeQuoteType {
  const worth = (points: bigint, micros: bigint): MoneyType => ({
    minor: minorOfMicros(points * micros, settlementCurrency),
    currency: settlementCurrency,
  });
  return {
    id: toPublicId('ExchangeQuote', quote.id),
    expiresAt: quote.expiresAt,
    debited: quote.debited,
    credited: quote.credited,
    spreadBps: quote.spreadBps,
    feePoints: quote.feePoints,
    mid: quote.toMicros === 0n ? undefined : lowestTerms({ numerator: quote.fromMicros, denominator: quote.toMicros }),
    rate: lowestTerms(rateAfterSpread(quote.rate, quote.spreadBps)),
    valueBefore: worth(quote.debited, quote.fromMicros),
    valueAfter: worth(quote.credited, quote.toMicros),
  };
}

@ObjectType('QuoteExchangePayload', { description: 'What a member would get for points.' })
export class QuoteExchangePayload {
  @Field(() => ExchangeQuoteType, { nullable: true, description: 'The quote; null when it was refused.' })
  readonly quote?: ExchangeQuoteType | undefined;

  @Field(() => [UserErrorType], { description: 'Why it was refused; empty when it was given.' })
  readonly userErrors!: readonly UserErrorType[];
}

@ObjectType('Exchange', {
  implements: NodeType,
  description: 'Points of one currency that became points of another: for its member, the partner that acted and the operator.',
})
export class ExchangeType extends NodeType {
  readonly exchange!: Exchange;

  @Field(() => Points, { description: 'Points that were given, the fee among them.' })
  readonly debited!: bigint;

  @Field(() => Points, { description: 'Points that were received.' })
  readonly credited!: bigint;

  @Field(() => Points, { description: 'Fee in points of the source currency, taken before conversion.' })
  readonly feePoints!: bigint;

  @Field(() => BigIntString, { description: 'What the fee is worth, in micros of the settlement currency.' })
  readonly feeMicros!: bigint;

  @Field(() => BigIntString, {
    description:
      'What the points given were worth, less the points received and the fee, in micros of the settlement currency; negative where the rate is above mid.',
  })
  readonly spreadMicros!: bigint;

  @Field(() => DateTime, { description: 'When it was done.' })
  readonly at!: Date;

  @Field(() => ID, { description: 'Id of the lot that holds the points received.' })
  readonly lotId!: string;
}

export function toExchange(exchange: Exchange): ExchangeType {
  return {
    exchange,
    id: toPublicId('Exchange', exchange.id),
    debited: exchange.debited,
    credited: exchange.credited,
    feePoints: exchange.feePoints,
    feeMicros: exchange.feeMicros,
    spreadMicros: exchange.spreadMicros,
    at: exchange.recordedAt,
    lotId: toPublicId('Lot', exchange.lotId),
  };
}

@ObjectType('ExchangePayload', { description: 'What became of an exchange.' })
export class ExchangePayload {
  @Field(() => ExchangeType, { nullable: true, description: 'The exchange; null when it was refused.' })
  readonly exchange?: ExchangeType | undefined;

  @Field(() => [BalanceType], { description: "The member's balances right after it: first of what was given, then of what was received." })
  readonly balances!: readonly BalanceType[];

  @Field(() => Boolean, { description: 'Whether this is the first answer again.' })
  readonly replayed!: boolean;

  @Field(() => [UserErrorType], { description: 'Why it was refused; empty when it was done.' })
  readonly userErrors!: readonly UserErrorType[];
}

@ObjectType('PayWithExchangePayload', { description: 'What became of a purchase that was paid with exchanged points.' })
export class PayWithExchangePayload {
  @Field(() => ExchangeType, { nullable: true, description: 'The exchange; null when it was refused.' })
  readonly exchange?: ExchangeType | undefined;

  @Field(() => RedemptionType, {
    nullable: true,
    description: 'The redemption, captured at once; it is refunded like any other. Null when it was refused.',
  })
  readonly redemption?: RedemptionType | undefined;

  @Field(() => [BalanceType], { description: "The member's balances right after it: first of what was given, then of what was received." })
  readonly balances!: readonly BalanceType[];

  @Field(() => Boolean, { description: 'Whether this is the first answer again.' })
  readonly replayed!: boolean;

  @Field(() => [UserErrorType], { description: 'Why it was refused; empty when it was done.' })
  readonly userErrors!: readonly UserErrorType[];
}
