import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { type Attempt, once } from '../../platform/idempotency.ts';
import type { Cycle, CycleStatus } from './cycle.ts';
import { lockCycle, readCycles } from './cycles.queries.ts';

/** Takes a cycle one step further, once for each key. A cycle that has come to the step or beyond is answered as it is. */
export async function changeCycle(
  tx: Tx,
  attempt: Attempt,
  cycleId: string,
  { from, to }: { readonly from: CycleStatus; readonly to: CycleStatus },
  work: (cycle: Cycle, now: Date) => Promise<Outcome<Cycle>>,
): Promise<Outcome<Cycle>> {
  const readAgain = async () => {
    const [cycle] = await readCycles(tx, [cycleId]);
    if (cycle === undefined) throw new Error('a recorded cycle is not stored');
    return cycle;
  };
  // Locked before the key is looked up: a repetition that comes at the same moment waits for the answer.
  const [found] = await readCycles(tx, [cycleId]);
  const locked = found && (await lockCycle(tx, found.no));
  const outcome = await once<Cycle>(tx, attempt, readAgain, async () => {
    const { now } = await coalitionNow(tx);
    if (locked === undefined) return refused('VALIDATION', 'There is no such clearing cycle.', { field: ['cycleId'] });
    const cycle = locked;
    if (cycle.status !== from)
      return refused(
        cycle.status === 'OPEN' || cycle.status === 'CLOSING' ? 'VALIDATION' : 'CYCLE_CLOSED',
        `The cycle is ${cycle.status}: only from ${from} does it become ${to}.`,
        { field: ['cycleId'], details: { status: cycle.status } },
      );
    const changed = await work(cycle, now);
    return 'refused' in changed ? changed : done({ value: changed.done, record: { cycle: cycle.no } });
  });
  return 'refused' in outcome ? outcome : done(outcome.done.value);
}
