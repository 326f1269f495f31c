import { NO_ID, parseIdOf } from '../../kernel/ids.ts';
import { badInput } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import type { Cycle } from './cycle.ts';
import { readCycles, readOpenCycle } from './cycles.queries.ts';

/** The cycle with a public id; the open one when none is given. */
export async function cycleAskedFor(context: Context, id: string | null | undefined): Promise<Cycle> {
  if (id === undefined || id === null) return context.load(readOpenCycle, 'open');
  const cycle = await context.load(readCycles, parseIdOf('ClearingCycle', id) ?? NO_ID);
  if (cycle === undefined) throw badInput('`cycleId` is no clearing cycle.');
  return cycle;
}
