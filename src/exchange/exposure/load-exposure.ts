import { loadCoalition } from '../../partners/load-coalition.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { creditLimitMinor, exposureOf } from './exposure.rules.ts';
import { type ExposureType, toExposure } from './exposure.types.ts';
import { microsOf, readPartnerMoney } from './partner-money.queries.ts';

/** A partner's exposure when its money stood at an amount of micros, against the limit of now. */
export async function exposureAt(context: Context, partnerId: string, partnerMicros: bigint): Promise<ExposureType> {
  const coalition = await loadCoalition(context);
  const { settlementCurrency } = coalition.program;
  const limit = creditLimitMinor(coalition.contractOf(partnerId), context.now);
  return toExposure(exposureOf(partnerMicros, limit, settlementCurrency), settlementCurrency);
}

/** A partner's exposure as it stands now. Whether the viewer may see it is the caller's to check. */
export async function loadExposure(context: Context, partnerId: string): Promise<ExposureType> {
  return exposureAt(context, partnerId, microsOf(await context.load(readPartnerMoney, partnerId)));
}
