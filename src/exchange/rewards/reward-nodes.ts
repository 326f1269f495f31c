import { loadCoalition } from '../../partners/load-coalition.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden } from '../../platform/graphql/rights.ts';
import { maySee } from '../transaction-nodes.ts';
import { type EntitlementType, toEntitlement } from './entitlement.types.ts';
import { readEntitlements } from './entitlements.queries.ts';
import { type RewardType, toReward } from './reward.types.ts';
import { readRewards } from './rewards.queries.ts';

/** A version of a reward by its stored id: for everybody. */
export async function rewardNode(context: Context, id: string): Promise<RewardType | undefined> {
  const [reward, { program }] = await Promise.all([context.load(readRewards, id), loadCoalition(context)]);
  return reward && toReward(reward, program.settlementCurrency);
}

/** An entitlement by its stored id: for its member, its partner and the operator. */
export async function entitlementNode(context: Context, id: string): Promise<EntitlementType | undefined> {
  const entitlement = await context.load(readEntitlements, id);
  if (entitlement === undefined) return undefined;
  if (!maySee(context.viewer, entitlement)) throw forbidden();
  return toEntitlement(entitlement, context.viewer);
}
