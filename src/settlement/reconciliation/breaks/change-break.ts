import { done, type Outcome } from '../../../kernel/refusal.ts';
import type { Tx } from '../../../platform/database.ts';
import { type Attempt, once } from '../../../platform/idempotency.ts';
import type { Break } from './break.ts';
import { readBreaks, updateBreak } from './breaks.queries.ts';

/** Runs one idempotent change of a break; a repetition is answered with the break as it is. */
export async function changeBreak(tx: Tx, attempt: Attempt, breakId: string, work: () => Promise<Outcome<Break>>): Promise<Outcome<Break>> {
  const again = async () => {
    const [found] = await readBreaks(tx, [breakId]);
    if (found === undefined) throw new Error(`break ${breakId} was changed but is not stored`);
    return found;
  };
  const outcome = await once<Break>(tx, attempt, again, async () => {
    const changed = await work();
    if ('refused' in changed) return changed;
    await updateBreak(tx, changed.done);
    return done({ value: changed.done, record: {} });
  });
  return 'refused' in outcome ? outcome : done(outcome.done.value);
}
