import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { Context } from '../../platform/graphql/context.ts';
import { changeCoalition } from '../change-coalition.ts';
import { toPayload } from '../change-payload.types.ts';
import { PointCurrencyType, toPointCurrency } from '../currencies/point-currency.types.ts';
import { withCoalition } from '../load-coalition.ts';
import { PartnerType, toPartner } from '../partner.types.ts';
import { EarnRuleType, PublishEarnRuleInput, PublishEarnRulePayload, toEarnRule } from './earn-rule.types.ts';
import { publishEarnRule } from './publish-earn-rule.ts';

@Resolver(() => EarnRuleType)
export class EarnRuleResolver {
  @FieldResolver(() => PartnerType, {
    nullable: true,
    description: 'The partner whose purchases it is about; all partners when there is none.',
  })
  partner(@Ctx() context: Context, @Root() { rule }: EarnRuleType): PartnerType | undefined | Promise<PartnerType | undefined> {
    const { partnerId } = rule;
    return partnerId === undefined ? undefined : withCoalition(context, (coalition) => toPartner(coalition.partnerById(partnerId)));
  }

  @FieldResolver(() => PointCurrencyType, { description: 'The point currency that is earned.' })
  currency(@Ctx() context: Context, @Root() { rule }: EarnRuleType): PointCurrencyType | Promise<PointCurrencyType> {
    return withCoalition(context, (coalition) => toPointCurrency(coalition.currencyNo(rule.currencyNo)));
  }

  @Mutation(() => PublishEarnRulePayload, {
    description: 'OPERATOR, PARTNER (own): publishes an earn rule. A new version of a code ends the one before at its `effectiveFrom`.',
  })
  async publishEarnRule(
    @Ctx() context: Context,
    @Arg('input', () => PublishEarnRuleInput, { description: 'The rule.' }) input: PublishEarnRuleInput,
  ): Promise<PublishEarnRulePayload> {
    const outcome = await changeCoalition(context, {
      operation: 'publishEarnRule',
      input,
      roles: ['OPERATOR', 'PARTNER'],
      work: (tx, moment, viewer) => publishEarnRule(tx, input, moment, viewer),
    });
    return toPayload(outcome, ({ id, coalition }) => ({
      rule: toEarnRule(coalition.earnRuleById(id), coalition.program.settlementCurrency),
    }));
  }
}
