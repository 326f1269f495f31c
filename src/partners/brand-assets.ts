import type { Context } from '../platform/graphql/context.ts';
import { assetsLicensed, type BrandAsset } from './contracts/clauses/intellectual-property/intellectual-property.rules.ts';
import { clausesInForce } from './contracts/clauses-in-force.rules.ts';
import { readCoalitionOnce } from './load-coalition.ts';
import type { Partner } from './partner.ts';

/** The marks of a partner that may be shown now in a country; without one, those that are licensed everywhere. */
export async function brandAssetsOf(context: Context, partner: Partner, territory: string | undefined): Promise<BrandAsset[]> {
  const { coalition, now } = await readCoalitionOnce(context);
  return assetsLicensed(clausesInForce(coalition.contractOf(partner.id), 'intellectualProperty', now), now, territory);
}
