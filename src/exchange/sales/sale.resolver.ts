import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { principalOf } from '../../kernel/viewer.ts';
import { MemberType, toMember } from '../../members/member.types.ts';
import { keyOf, nameOf } from '../../members/member-ref.ts';
import { readMembers } from '../../members/members.queries.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import { PartnerType, toPartner } from '../../partners/partner.types.ts';
import { transactTogether } from '../../platform/batching/transact-together.ts';
import { MoneyType, toUserError } from '../../platform/graphql/common.types.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { mayAct } from '../../platform/graphql/rights.ts';
import { attemptOf } from '../../platform/idempotency.ts';
import { reportSale } from './report-sale.ts';
import { ReportSaleInput, ReportSalePayload, SaleType, toSale } from './sale.types.ts';

@Resolver(() => SaleType)
export class SaleResolver {
  @Mutation(() => ReportSalePayload, {
    description: 'PARTNER: reports what a member bought there, so that others receive their share of it. It earns no points.',
  })
  async reportSale(
    @Ctx() context: Context,
    @Arg('input', () => ReportSaleInput, { description: 'The sale.' }) input: ReportSaleInput,
  ): Promise<ReportSalePayload> {
    const may = mayAct(context.viewer, 'PARTNER');
    if ('refused' in may) return { replayed: false, userErrors: [toUserError(may.refused)] };
    const { partnerId } = may.done;
    const { externalId, occurredAt, gross, net } = input;
    const attempt = attemptOf(principalOf(may.done), 'reportSale', input);
    const command = { attempt, partnerId, externalId, member: keyOf(input.member, partnerId), occurredAt, gross, net };
    const outcome = await transactTogether(context.db, nameOf(command.member), (tx) => reportSale(tx, command));
    if ('refused' in outcome) return { replayed: false, userErrors: [toUserError(outcome.refused)] };
    return { sale: toSale(outcome.done.sale), replayed: outcome.done.replayed, userErrors: [] };
  }

  @FieldResolver(() => PartnerType, { description: 'The partner that sold.' })
  async partner(@Ctx() context: Context, @Root() { sale }: SaleType): Promise<PartnerType> {
    return toPartner((await loadCoalition(context)).partnerById(sale.partnerId));
  }

  @FieldResolver(() => MemberType, { description: 'The member who bought; masked for partners.' })
  async member(@Ctx() context: Context, @Root() { sale }: SaleType): Promise<MemberType> {
    const member = await context.load(readMembers, sale.memberId);
    if (member === undefined) throw new Error(`member ${sale.memberId} is not stored`);
    return toMember(member);
  }

  @FieldResolver(() => PartnerType, {
    nullable: true,
    description: 'The partner through which the member had enrolled when the sale was reported; null when it was none.',
  })
  async homePartner(@Ctx() context: Context, @Root() { sale }: SaleType): Promise<PartnerType | undefined> {
    return sale.homePartnerId === undefined ? undefined : toPartner((await loadCoalition(context)).partnerById(sale.homePartnerId));
  }

  @FieldResolver(() => MoneyType, { description: 'The whole sale.' })
  async gross(@Ctx() context: Context, @Root() { sale }: SaleType): Promise<MoneyType> {
    return { minor: sale.grossMinor, currency: (await loadCoalition(context)).program.settlementCurrency };
  }

  @FieldResolver(() => MoneyType, { description: 'The sale without points tender, tax and refunds.' })
  async net(@Ctx() context: Context, @Root() { sale }: SaleType): Promise<MoneyType> {
    return { minor: sale.netMinor, currency: (await loadCoalition(context)).program.settlementCurrency };
  }
}
