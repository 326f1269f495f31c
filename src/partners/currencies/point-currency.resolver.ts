import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { Context } from '../../platform/graphql/context.ts';
import { changeCoalition } from '../change-coalition.ts';
import { toPayload } from '../change-payload.types.ts';
import { withCoalition } from '../load-coalition.ts';
import { PartnerType, toPartner } from '../partner.types.ts';
import { CreatePointCurrencyPayload } from '../partner-payloads.types.ts';
import { createPointCurrency } from './create-point-currency.ts';
import { CreatePointCurrencyInput, PointCurrencyType, toPointCurrency } from './point-currency.types.ts';

@Resolver(() => PointCurrencyType)
export class PointCurrencyResolver {
  @FieldResolver(() => PartnerType, {
    nullable: true,
    description: 'The partner whose points these are; of the coalition when there is none.',
  })
  issuer(
    @Ctx() context: Context,
    @Root() { pointCurrency }: PointCurrencyType,
  ): PartnerType | undefined | Promise<PartnerType | undefined> {
    const { issuerId } = pointCurrency;
    return issuerId === undefined ? undefined : withCoalition(context, (coalition) => toPartner(coalition.partnerById(issuerId)));
  }

  @Mutation(() => CreatePointCurrencyPayload, { description: 'OPERATOR: makes a new unit of points.' })
  async createPointCurrency(
    @Ctx() context: Context,
    @Arg('input', () => CreatePointCurrencyInput, { description: 'The point currency.' }) input: CreatePointCurrencyInput,
  ): Promise<CreatePointCurrencyPayload> {
    const outcome = await changeCoalition(context, {
      operation: 'createPointCurrency',
      input,
      roles: ['OPERATOR'],
      work: (tx, moment) => createPointCurrency(tx, input, moment),
    });
    return toPayload(outcome, ({ id, coalition }) => ({ currency: toPointCurrency(coalition.currencyById(id)) }));
  }
}
