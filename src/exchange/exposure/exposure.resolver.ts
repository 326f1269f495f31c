import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { actsForPartner } from '../../kernel/viewer.ts';
import { PartnerType } from '../../partners/partner.types.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden } from '../../platform/graphql/rights.ts';
import { AccruePayload } from '../accrual/accrual.types.ts';
import { ExposureType } from './exposure.types.ts';
import { exposureAt, loadExposure } from './load-exposure.ts';

@Resolver(() => PartnerType)
export class PartnerExposureResolver {
  @FieldResolver(() => ExposureType, {
    nullable: true,
    description: 'What the partner owes against its credit limit; for itself and the operator.',
  })
  async exposure(@Ctx() context: Context, @Root() { partner }: PartnerType): Promise<ExposureType> {
    if (!actsForPartner(context.viewer, partner.id)) throw forbidden();
    return loadExposure(context, partner.id);
  }
}

@Resolver(() => AccruePayload)
export class AccruePayloadExposureResolver {
  @FieldResolver(() => ExposureType, {
    nullable: true,
    description: "The partner's exposure right after this accrual; null when it was refused.",
  })
  async exposure(@Ctx() context: Context, @Root() { partnerId, partnerMicros }: AccruePayload): Promise<ExposureType | undefined> {
    return partnerId === undefined || partnerMicros === undefined ? undefined : exposureAt(context, partnerId, partnerMicros);
  }
}
