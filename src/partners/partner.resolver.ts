import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Outcome } from '../kernel/refusal.ts';
import { actsForPartner } from '../kernel/viewer.ts';
import type { Context } from '../platform/graphql/context.ts';
import { forbidden, viewerAs } from '../platform/graphql/rights.ts';
import { brandAssetsOf } from './brand-assets.ts';
import { type Changed, changeCoalition } from './change-coalition.ts';
import { toPayload } from './change-payload.types.ts';
import { logoAmong } from './contracts/clauses/intellectual-property/intellectual-property.rules.ts';
import { BrandAssetType } from './contracts/clauses/intellectual-property/intellectual-property.types.ts';
import { ContractType, toContract } from './contracts/contract.types.ts';
import { isShownTo } from './contracts/slice-versions.ts';
import { createPartner } from './create-partner.ts';
import { loadCoalition, readCoalitionOnce } from './load-coalition.ts';
import { readLocations } from './locations.queries.ts';
import type { Partner } from './partner.ts';
import {
  BankAccountType,
  CreatePartnerInput,
  LocationType,
  PartnerScoreType,
  PartnerType,
  ScorePartnerInput,
  toPartner,
  UpdatePartnerInput,
} from './partner.types.ts';
import { CreatePartnerPayload, PartnerPayload } from './partner-payloads.types.ts';
import { scorePartner } from './score-partner.ts';
import { updatePartner } from './update-partner.ts';

/** What a partner does not show to others. */
function own(context: Context, partner: Partner): Partner {
  if (!actsForPartner(context.viewer, partner.id)) throw forbidden();
  return partner;
}

const TERRITORY = 'The country where they are shown, as in ISO 3166-1 (CN); when left out, only what is licensed everywhere.';

function toPartnerPayload(outcome: Outcome<Changed>): PartnerPayload {
  return toPayload(outcome, ({ id, coalition }) => ({ partner: toPartner(coalition.partnerById(id)) }));
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
    description: 'OPERATOR, PARTNER, MEMBER: a partner by its code; of others than itself a partner sees what is for everybody.',
  })
  async partner(
    @Ctx() context: Context,
    @Arg('code', () => String, { description: 'Code of the partner.' }) code: string,
  ): Promise<PartnerType | undefined> {
    viewerAs(context.viewer, 'OPERATOR', 'PARTNER', 'MEMBER');
    const partner = (await loadCoalition(context)).partnerOf(code);
    return partner && toPartner(partner);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Line of business in its own words, such as COFFEE. OPERATOR, PARTNER (own).',
  })
  category(@Ctx() context: Context, @Root() { partner }: PartnerType): string | undefined {
    return own(context, partner).category;
  }

  @FieldResolver(() => [LocationType], { description: 'Where members meet it, in the order of its own list.' })
  locations(@Ctx() context: Context, @Root() { partner }: PartnerType): Promise<readonly LocationType[]> {
    return context.load(readLocations, partner.id);
  }

  @FieldResolver(() => [BrandAssetType], {
    description: 'Its marks that may be shown now: those of the contract in force, within the time and the country of their licence.',
  })
  brandAssets(
    @Ctx() context: Context,
    @Root() { partner }: PartnerType,
    @Arg('territory', () => String, { nullable: true, description: TERRITORY }) territory?: string | null,
  ): Promise<readonly BrandAssetType[]> {
    return brandAssetsOf(context, partner, territory ?? undefined);
  }

  @FieldResolver(() => String, { nullable: true, description: 'Address of its logo, the brand asset LOGO; null when it may not be shown.' })
  async logoUrl(
    @Ctx() context: Context,
    @Root() { partner }: PartnerType,
    @Arg('territory', () => String, { nullable: true, description: TERRITORY }) territory?: string | null,
  ): Promise<string | undefined> {
    return logoAmong(await brandAssetsOf(context, partner, territory ?? undefined))?.url;
  }

  @FieldResolver(() => PartnerScoreType, {
    nullable: true,
    description: 'How the operator judged it last; null while it did not. OPERATOR.',
  })
  score(@Ctx() context: Context, @Root() { partner }: PartnerType): PartnerScoreType | undefined {
    viewerAs(context.viewer, 'OPERATOR');
    return partner.score;
  }

  @FieldResolver(() => BankAccountType, { nullable: true, description: 'Where it is paid. OPERATOR, PARTNER (own).' })
  bankAccount(@Ctx() context: Context, @Root() { partner }: PartnerType): BankAccountType | undefined {
    return own(context, partner).bankAccount;
  }

  @FieldResolver(() => ContractType, {
    nullable: true,
    description: 'Its contract with the operator; the partner sees it from the first proposal on. OPERATOR, PARTNER (own).',
  })
  async contract(@Ctx() context: Context, @Root() { partner }: PartnerType): Promise<ContractType | undefined> {
    const { coalition, now } = await readCoalitionOnce(context);
    const contract = coalition.contractOf(own(context, partner).id);
    return contract && isShownTo(contract, context.viewer) ? toContract(contract, now) : undefined;
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
  @Mutation(() => PartnerPayload, { description: 'OPERATOR: changes name, kind, category, locations or bank account of a partner.' })
  async updatePartner(
    @Ctx() context: Context,
    @Arg('input', () => UpdatePartnerInput, { description: 'What changes.' }) input: UpdatePartnerInput,
  ): Promise<PartnerPayload> {
    const outcome = await changeCoalition(context, {
      operation: 'updatePartner',
      input,
      roles: ['OPERATOR'],
      work: (tx, moment) => updatePartner(tx, input, moment),
    });
    return toPartnerPayload(outcome);
  }

  @Mutation(() => PartnerPayload, { description: 'OPERATOR: judges a partner; what was given before is kept, the latest counts.' })
  async scorePartner(
    @Ctx() context: Context,
    @Arg('input', () => ScorePartnerInput, { description: 'The judgement.' }) input: ScorePartnerInput,
  ): Promise<PartnerPayload> {
    const outcome = await changeCoalition(context, {
      operation: 'scorePartner',
      input,
      roles: ['OPERATOR'],
      work: (tx, moment, viewer) => scorePartner(tx, input, moment, viewer),
    });
    return toPartnerPayload(outcome);
  }
}
