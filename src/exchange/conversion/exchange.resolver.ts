import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { NO_ID, parseIdOf } from '../../kernel/ids.ts';
import { principalOf } from '../../kernel/viewer.ts';
import { actingKey } from '../../members/acting-member.ts';
import { MemberType, toMember } from '../../members/member.types.ts';
import { keyOf, nameOf, payerKeyOf } from '../../members/member-ref.ts';
import { readMembers } from '../../members/members.queries.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { PointCurrencyType, toPointCurrency } from '../../partners/currencies/point-currency.types.ts';
import { loadCoalition, withCoalition } from '../../partners/load-coalition.ts';
import { PartnerType, toPartner } from '../../partners/partner.types.ts';
import { transactTogether } from '../../platform/batching/transact-together.ts';
import { toUserError } from '../../platform/graphql/common.types.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { mayAct } from '../../platform/graphql/rights.ts';
import { attemptOf } from '../../platform/idempotency.ts';
import { readRedemptions } from '../redemption/redemption.queries.ts';
import { RedemptionType, toRedemption } from '../redemption/redemption.types.ts';
import { type BalanceType, toBalance } from '../wallets/balance.types.ts';
import {
  ExchangePayload,
  ExchangePointsInput,
  ExchangeType,
  PayWithExchangeInput,
  PayWithExchangePayload,
  QuoteExchangeInput,
  QuoteExchangePayload,
  toExchange,
  toExchangeQuote,
} from './exchange.types.ts';
import { type Exchanged, exchangePoints } from './exchange-points.ts';
import { payWithExchange } from './pay-with-exchange.ts';
import { quoteExchange } from './quote-exchange.ts';

function toBalances(coalition: Coalition, { exchange, balances: [from, to] }: Exchanged): BalanceType[] {
  return [
    toBalance(exchange.memberId, coalition.currencyNo(exchange.fromNo), from),
    toBalance(exchange.memberId, coalition.currencyNo(exchange.toNo), to),
  ];
}

@Resolver(() => ExchangeType)
export class ExchangeResolver {
  @Mutation(() => QuoteExchangePayload, {
    description:
      'MEMBER (itself), PARTNER: says what points are worth in another currency, and keeps the terms for a while. No points are set aside.',
  })
  async quoteExchange(
    @Ctx() context: Context,
    @Arg('input', () => QuoteExchangeInput, { description: 'The points.' }) input: QuoteExchangeInput,
  ): Promise<QuoteExchangePayload> {
    const may = mayAct(context.viewer, 'MEMBER', 'PARTNER');
    if ('refused' in may) return { userErrors: [toUserError(may.refused)] };
    const caller = may.done;
    const named = input.member ?? undefined;
    const member = named && keyOf(named, caller.role === 'PARTNER' ? caller.partnerId : undefined);
    const { from, to, points } = input;
    const outcome = await transactTogether(context.db, nameOf(member ?? actingKey(caller, undefined)), (tx) =>
      quoteExchange(tx, { caller, member, from, to, points }),
    );
    if ('refused' in outcome) return { userErrors: [toUserError(outcome.refused)] };
    const { settlementCurrency } = (await loadCoalition(context)).program;
    return { quote: toExchangeQuote(outcome.done, settlementCurrency), userErrors: [] };
  }

  @Mutation(() => ExchangePayload, {
    description: 'MEMBER (itself), PARTNER: executes a quote of its own, at the terms that were quoted.',
  })
  async exchangePoints(
    @Ctx() context: Context,
    @Arg('input', () => ExchangePointsInput, { description: 'The quote.' }) input: ExchangePointsInput,
  ): Promise<ExchangePayload> {
    const may = mayAct(context.viewer, 'MEMBER', 'PARTNER');
    if ('refused' in may) return { balances: [], replayed: false, userErrors: [toUserError(may.refused)] };
    const caller = may.done;
    const attempt = attemptOf(principalOf(caller), 'exchangePoints', input);
    const quoteId = parseIdOf('ExchangeQuote', input.quoteId) ?? NO_ID;
    const outcome = await transactTogether(context.db, `quote ${quoteId}`, (tx) => exchangePoints(tx, { attempt, caller, quoteId }));
    if ('refused' in outcome) return { balances: [], replayed: false, userErrors: [toUserError(outcome.refused)] };
    const { exchange, replayed } = outcome.done;
    const balances = toBalances(await loadCoalition(context), outcome.done);
    return { exchange: toExchange(exchange), balances, replayed, userErrors: [] };
  }

  @Mutation(() => PayWithExchangePayload, {
    description:
      'PARTNER: lets a member pay with points that the partner does not take itself: as few of them as are needed are exchanged, and those it takes are burned, all at once.',
  })
  async payWithExchange(
    @Ctx() context: Context,
    @Arg('input', () => PayWithExchangeInput, { description: 'The purchase.' }) input: PayWithExchangeInput,
  ): Promise<PayWithExchangePayload> {
    const may = mayAct(context.viewer, 'PARTNER');
    if ('refused' in may) return { balances: [], replayed: false, userErrors: [toUserError(may.refused)] };
    const { partnerId } = may.done;
    const command = {
      attempt: attemptOf(principalOf(may.done), 'payWithExchange', input),
      partnerId,
      member: payerKeyOf(input.member, partnerId),
      from: input.from,
      currency: input.currency,
      points: input.points,
      maxDebited: input.maxDebited ?? undefined,
      orderExternalId: input.orderExternalId,
      orderAmount: input.orderAmount ?? undefined,
      channel: input.channel ?? 'PARTNER_API',
      locationId: input.locationId ?? undefined,
    };
    const outcome = await transactTogether(context.db, nameOf(command.member), (tx) => payWithExchange(tx, command));
    if ('refused' in outcome) return { balances: [], replayed: false, userErrors: [toUserError(outcome.refused)] };
    const { exchange, redemption, replayed } = outcome.done;
    const balances = toBalances(await loadCoalition(context), outcome.done);
    return { exchange: toExchange(exchange), redemption: toRedemption(redemption), balances, replayed, userErrors: [] };
  }

  @FieldResolver(() => MemberType, { description: 'The member whose points they are; masked for partners.' })
  async member(@Ctx() context: Context, @Root() { exchange }: ExchangeType): Promise<MemberType> {
    const member = await context.load(readMembers, exchange.memberId);
    if (member === undefined) throw new Error(`member ${exchange.memberId} is not stored`);
    return toMember(member);
  }

  @FieldResolver(() => PartnerType, { nullable: true, description: 'The partner that acted; null when the member did.' })
  partner(@Ctx() context: Context, @Root() { exchange }: ExchangeType): PartnerType | undefined | Promise<PartnerType | undefined> {
    const { partnerId } = exchange;
    return partnerId === undefined ? undefined : withCoalition(context, (coalition) => toPartner(coalition.partnerById(partnerId)));
  }

  @FieldResolver(() => PointCurrencyType, { description: 'The currency of the points given.' })
  from(@Ctx() context: Context, @Root() { exchange }: ExchangeType): PointCurrencyType | Promise<PointCurrencyType> {
    return withCoalition(context, (coalition) => toPointCurrency(coalition.currencyNo(exchange.fromNo)));
  }

  @FieldResolver(() => PointCurrencyType, { description: 'The currency of the points received.' })
  to(@Ctx() context: Context, @Root() { exchange }: ExchangeType): PointCurrencyType | Promise<PointCurrencyType> {
    return withCoalition(context, (coalition) => toPointCurrency(coalition.currencyNo(exchange.toNo)));
  }

  @FieldResolver(() => RedemptionType, {
    nullable: true,
    description: 'The purchase that the points received paid; null when they paid none.',
  })
  async redemption(@Ctx() context: Context, @Root() { exchange }: ExchangeType): Promise<RedemptionType | undefined> {
    const redemption = exchange.redemptionId === undefined ? undefined : await context.load(readRedemptions, exchange.redemptionId);
    return redemption && toRedemption(redemption);
  }
}
