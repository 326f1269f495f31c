import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Context } from '../../platform/graphql/context.ts';
import { PointCurrencyType, toPointCurrency } from '../currencies/point-currency.types.ts';
import { EarnRuleType, toEarnRule } from '../earn-rules/earn-rule.types.ts';
import { readCoalitionOnce } from '../load-coalition.ts';
import { PartnerType } from '../partner.types.ts';
import { acceptancesAt, earnRulesAt, exchangesAt, worthAt } from './published-terms.rules.ts';
import { ExchangeRateType, toExchangeRate } from './published-terms.types.ts';

/** What a partner offers to members, for everybody who has a token. */
@Resolver(() => PartnerType)
export class PublishedTermsResolver {
  @FieldResolver(() => [PointCurrencyType], { description: 'The points that it takes as payment now.' })
  async acceptedCurrencies(@Ctx() context: Context, @Root() { partner }: PartnerType): Promise<PointCurrencyType[]> {
    const { coalition, now } = await readCoalitionOnce(context);
    const accepted = acceptancesAt(coalition.contractOf(partner.id), now);
    return coalition.currencies.filter(({ code }) => accepted.has(code)).map(toPointCurrency);
  }

  @FieldResolver(() => [ExchangeRateType], { description: 'The exchanges of points that stand in its contract now.' })
  async exchangeRates(@Ctx() context: Context, @Root() { partner }: PartnerType): Promise<ExchangeRateType[]> {
    const { coalition, now } = await readCoalitionOnce(context);
    const offered = exchangesAt(coalition.contractOf(partner.id), now, worthAt(coalition, now));
    return offered.flatMap((exchange) => toExchangeRate(exchange, coalition));
  }

  @FieldResolver(() => [EarnRuleType], {
    description:
      'The rules by which purchases earn here now, its own and those of all partners. Of others, a partner sees only the latter.',
  })
  async earnRules(@Ctx() context: Context, @Root() { partner }: PartnerType): Promise<EarnRuleType[]> {
    const { coalition, now } = await readCoalitionOnce(context);
    const { viewer } = context;
    const isShown = (owner: string | undefined) => owner === undefined || viewer.role !== 'PARTNER' || viewer.partnerId === owner;
    return earnRulesAt(coalition, partner.id, now)
      .filter((rule) => isShown(rule.partnerId))
      .map((rule) => toEarnRule(rule, coalition.program.settlementCurrency));
  }
}
