import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { shiftClock } from '../../platform/clock.ts';
import type { Tx } from '../../platform/database.ts';
import { coalitionToChange } from '../coalition.ts';
import { isAnythingPosted } from './is-anything-posted.ts';

/** Sets the program's clock: to any instant while nothing is posted, afterwards only forwards. */
export async function setClock(tx: Tx, now: Date): Promise<Outcome<Date>> {
  const { now: before } = await coalitionToChange(tx);
  if (now < before && (await isAnythingPosted(tx))) {
    return refused('VALIDATION', `Something is posted: the clock goes only forwards, from ${before.toISOString()}.`);
  }
  await shiftClock(tx, now);
  return done(now);
}
