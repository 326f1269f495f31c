import { NO_ID, parseIdOf } from '../../kernel/ids.ts';
import type { Outcome } from '../../kernel/refusal.ts';
import { principalOf } from '../../kernel/viewer.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import { transactTogether } from '../../platform/batching/transact-together.ts';
import type { Tx } from '../../platform/database.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { mayAct } from '../../platform/graphql/rights.ts';
import { attemptOf } from '../../platform/idempotency.ts';
import type { Redeemed, RedemptionChange } from './change-redemption.ts';
import { type RedemptionPayload, toRedemptionPayload } from './redemption.types.ts';

/** Runs a mutation about one redemption of the viewer's own, and says what became of it. */
export async function requestChange(
  context: Context,
  role: RedemptionChange['viewer']['role'],
  operation: string,
  input: { readonly idempotencyKey: string; readonly redemptionId: string },
  work: (tx: Tx, change: RedemptionChange) => Promise<Outcome<Redeemed>>,
): Promise<RedemptionPayload> {
  const coalition = await loadCoalition(context);
  const may = mayAct(context.viewer, role);
  if ('refused' in may) return toRedemptionPayload(may, coalition);
  const change: RedemptionChange = {
    attempt: attemptOf(principalOf(may.done), operation, input),
    viewer: may.done,
    redemptionId: parseIdOf('Redemption', input.redemptionId) ?? NO_ID,
  };
  return toRedemptionPayload(await transactTogether(context.db, `redemption ${change.redemptionId}`, (tx) => work(tx, change)), coalition);
}
