import { actsForPartner } from '../../kernel/viewer.ts';
import { readCoalitionOnce } from '../../partners/load-coalition.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden } from '../../platform/graphql/rights.ts';
import { type DisputeType, toDispute } from './dispute.types.ts';
import { readDisputes } from './disputes.queries.ts';

/** A dispute by its stored id: for its partner and the operator. */
export async function disputeNode(context: Context, id: string): Promise<DisputeType | undefined> {
  const dispute = await context.load(readDisputes, id);
  if (dispute === undefined) return undefined;
  if (!actsForPartner(context.viewer, dispute.partnerId)) throw forbidden();
  const { coalition, now } = await readCoalitionOnce(context);
  return toDispute(dispute, coalition.program.settlementCurrency, now);
}
