import { readCoalitionOnce } from '../../partners/load-coalition.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden } from '../../platform/graphql/rights.ts';
import { maySeeClaim } from './claim.rules.ts';
import { type ClaimType, toClaim } from './claim.types.ts';
import { readClaims } from './claims.queries.ts';

/** A claim by its stored id. */
export async function claimNode(context: Context, id: string): Promise<ClaimType | undefined> {
  const claim = await context.load(readClaims, id);
  if (claim === undefined) return undefined;
  if (!maySeeClaim(context.viewer, claim)) throw forbidden();
  const { coalition, now } = await readCoalitionOnce(context);
  return toClaim(coalition, claim, now);
}
