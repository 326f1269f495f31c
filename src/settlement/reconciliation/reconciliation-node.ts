import { actsForPartner } from '../../kernel/viewer.ts';
import { readCoalitionOnce } from '../../partners/load-coalition.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden } from '../../platform/graphql/rights.ts';
import { type BreakType, toBreak } from './breaks/break.types.ts';
import { readBreaks } from './breaks/breaks.queries.ts';
import { type ReconciliationType, toReconciliation } from './reconciliation.types.ts';
import { readReconciliations } from './reconciliations.queries.ts';

/** A reconciliation by its stored id: for its partner and the operator. */
export async function reconciliationNode(context: Context, id: string): Promise<ReconciliationType | undefined> {
  const run = await context.load(readReconciliations, id);
  if (run === undefined) return undefined;
  if (!actsForPartner(context.viewer, run.partnerId)) throw forbidden();
  return toReconciliation(run);
}

/** A break by its stored id: for its partner and the operator. */
export async function breakNode(context: Context, id: string): Promise<BreakType | undefined> {
  const found = await context.load(readBreaks, id);
  if (found === undefined) return undefined;
  if (!actsForPartner(context.viewer, found.partnerId)) throw forbidden();
  const { coalition, now } = await readCoalitionOnce(context);
  return toBreak(coalition, found, now);
}
