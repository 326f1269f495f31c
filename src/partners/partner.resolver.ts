import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { actsForPartner } from '../kernel/viewer.ts';
import type { Context } from '../platform/graphql/context.ts';
import { forbidden, viewerAs } from '../platform/graphql/rights.ts';
import { changeCoalition } from './change-coalition.ts';
import { toPayload } from './change-payload.types.ts';
import { ContractType, toContract } from './contracts/contract.types.ts';
import { createPartner } from './create-partner.ts';
import { loadCoalition, readCoalitionOnce } from './load-coalition.ts';
import type { Partner } from './partner.ts';
import { BankAccountType, CreatePartnerInput, PartnerType, toPartner } from './partner.types.ts';
import { CreatePartnerPayload } from './partner-payloads.types.ts';

/** What a partner does not show to others. */
function own(context: Context, partner: Partner): Partner {
  if (!actsForPartner(context.viewer, partner.id)) throw forbidden();
  return partner;
}

@Resolver(() => PartnerType)
export class PartnerResolver {
  @Query(() => PartnerType, { nullable: true, description: 'PARTNER: the partner that asks.' })
  async viewerPartner(@Ctx() context: Context): Promise<PartnerType | undefined> {
    const { partnerId } = viewerAs(context.viewer, 'PARTNER');
    return toPartner((await loadCoalition(context)).partnerById(partnerId));
  }

  @Query(() => PartnerType, {
    nullable: true,
    description: 'OPERATOR, PARTNER, MEMBER: a partner by its code; of others than itself a partner sees code, name and roles.',
  })
  async partner(
    @Ctx() context: Context,
    @Arg('code', () => String, { description: 'Code of the partner.' }) code: string,
  ): Promise<PartnerType | undefined> {
    viewerAs(context.viewer, 'OPERATOR', 'PARTNER', 'MEMBER');
    const partner = (await loadCoalition(context)).partnerOf(code);
    return partner && toPartner(partner);
  }

  @FieldResolver(() => String, { nullable: true, description: 'Line of business, such as AIRLINE. OPERATOR, PARTNER (own).' })
  category(@Ctx() context: Context, @Root() { partner }: PartnerType): string | undefined {
    return own(context, partner).category;
  }

  @FieldResolver(() => BankAccountType, { nullable: true, description: 'Where it is paid. OPERATOR, PARTNER (own).' })
  bankAccount(@Ctx() context: Context, @Root() { partner }: PartnerType): BankAccountType | undefined {
    return own(context, partner).bankAccount;
  }

  @FieldResolver(() => ContractType, { nullable: true, description: 'Its contract with the operator. OPERATOR, PARTNER (own).' })
  async contract(@Ctx() context: Context, @Root() { partner }: PartnerType): Promise<ContractType | undefined> {
    const { coalition, now } = await readCoalitionOnce(context);
    const contract = coalition.contractOf(own(context, partner).id);
    return contract && toContract(contract, now);
  }

  @Mutation(() => CreatePartnerPayload, { description: 'OPERATOR: takes a brand into the coalition.' })
  async createPartner(
    @Ctx() context: Context,
    @Arg('input', () => CreatePartnerInput, { description: 'The brand.' }) input: CreatePartnerInput,
  ): Promise<CreatePartnerPayload> {
    const outcome = await changeCoalition(context, {
      operation: 'createPartner',
      input,
      roles: ['OPERATOR'],
      work: (tx, moment) => createPartner(tx, input, moment),
    });
    return toPayload(outcome, ({ id, coalition }) => ({ partner: toPartner(coalition.partnerById(id)) }));
  }
}
