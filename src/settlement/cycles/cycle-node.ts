import type { Context } from '../../platform/graphql/context.ts';
import { viewerAs } from '../../platform/graphql/rights.ts';
import { type ClearingCycleType, toClearingCycle } from './cycle.types.ts';
import { readCycles } from './cycles.queries.ts';

/** A clearing cycle by its stored id, for operators and partners. */
export async function cycleNode(context: Context, id: string): Promise<ClearingCycleType | undefined> {
  viewerAs(context.viewer, 'OPERATOR', 'PARTNER');
  const cycle = await context.load(readCycles, id);
  return cycle && toClearingCycle(cycle);
}
