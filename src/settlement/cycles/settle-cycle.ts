import type { Tx } from '../../platform/database.ts';
import { isSettled } from '../payments/instruction.ts';
import { readInstructionsOf } from '../payments/instructions.queries.ts';
import type { Cycle } from './cycle.ts';
import { updateCycle } from './cycles.queries.ts';

/** RECONCILED to SETTLED, once all of its payments were made. Called with the cycle locked by whatever may have been the last step. */
export async function settleCycle(tx: Tx, cycle: Cycle, now: Date): Promise<Cycle> {
  if (cycle.status !== 'RECONCILED') return cycle;
  const [instructions = []] = await readInstructionsOf(tx, [cycle.no]);
  if (!instructions.every(isSettled)) return cycle;
  const settled: Cycle = { ...cycle, status: 'SETTLED', settledAt: now };
  await updateCycle(tx, settled);
  return settled;
}
