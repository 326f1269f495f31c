import { fundedBy } from '../../partners/contracts/clauses/joint-promotion/funded-shares.rules.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { creditLimitMinor, exposureOf, positionMicros } from './exposure.rules.ts';
import { type ExposureType, toExposure } from './exposure.types.ts';
import { readPartnerMoney } from './partner-money.queries.ts';
import { readPromotionsOwed } from './promotions-owed.queries.ts';

/** A partner's exposure when its money stood at an amount of micros, against the limit of now. */
export async function exposureAt(context: Context, partnerId: string, partnerMicros: bigint): Promise<ExposureType> {
  const coalition = await loadCoalition(context);
  const { settlementCurrency } = coalition.program;
  const limit = creditLimitMinor(coalition.contractAt(partnerId, context.now), context.now);
  return toExposure(exposureOf(partnerMicros, limit, settlementCurrency), settlementCurrency);
}

/** A partner's exposure as it stands now. Whether the viewer may see it is the caller's to check. */
export async function loadExposure(context: Context, partnerId: string): Promise<ExposureType> {
  const shares = fundedBy(await loadCoalition(context), partnerId, context.now);
  const [ownMicros, ...owed] = await Promise.all([
    context.load(readPartnerMoney, partnerId),
    ...shares.map(({ promotionId, since, until }) => context.load(readPromotionsOwed, { promotionId, since, until })),
  ]);
  const promotions = shares.map((share, at) => ({ ...share, owedMicros: owed[at] ?? 0n }));
  return exposureAt(context, partnerId, positionMicros({ ownMicros, promotions }));
}
