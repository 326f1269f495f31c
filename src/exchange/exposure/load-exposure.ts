import { loadCoalition } from '../../partners/load-coalition.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { creditLimitMinor, exposureOf } from './exposure.rules.ts';
import { type ExposureType, toExposure } from './exposure.types.ts';
import { readPartnerMoney } from './partner-money.queries.ts';

/** A partner's exposure as it stands now. Whether the viewer may see it is the caller's to check. */
export async function loadExposure(context: Context, partnerId: string): Promise<ExposureType> {
  const [coalition, balance] = await Promise.all([loadCoalition(context), context.load(readPartnerMoney, partnerId)]);
  const { settlementCurrency } = coalition.program;
  const limit = creditLimitMinor(coalition.contractOf(partnerId), context.now);
  return toExposure(exposureOf(balance, limit, settlementCurrency), settlementCurrency);
}
