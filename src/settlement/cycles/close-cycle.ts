import { newId } from '../../kernel/ids.ts';
import { startOfNextMonth } from '../../kernel/instant.ts';
import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import { type Database, Retry, type Tx, transact } from '../../platform/database.ts';
import { type Attempt, findRecorded, once } from '../../platform/idempotency.ts';
import type { Cycle } from './cycle.ts';
import { closeOpenCycle, readClosing, readCyclesByNo, readOpenCycle } from './cycles.queries.ts';
import { freezeCycle } from './freeze-cycle.ts';

/** A closed cycle and the one after it. */
export interface ClosedCycle {
  readonly cycle: Cycle;
  readonly nextCycle: Cycle | undefined;
}

/**
 * Closes the open cycle at a cutoff and opens the next in one short transaction, then freezes it. Whoever posts waits only for the first. A
 * close that was cut off in between is finished by the same key, by the next close, or by `finishClosing`.
 */
export async function closeCycle(database: Database, attempt: Attempt, cutoff: Date | undefined): Promise<Outcome<ClosedCycle>> {
  await finishClosing(database);
  const ended = await endPatiently(database, (tx) => endCycle(tx, attempt, cutoff));
  if ('refused' in ended) return ended;
  const cycle = await transact(database, (tx) => freezeCycle(tx, ended.done));
  const [nextCycle] = await readCyclesByNo(database, [ended.done + 1]);
  return done({ cycle, nextCycle });
}

/** Freezes cycles that take no more postings and were left so by a process that ended. Answers how many. */
export async function finishClosing(database: Database): Promise<number> {
  const closing = await readClosing(database);
  for (const { no } of closing) await transact(database, (tx) => freezeCycle(tx, no));
  return closing.length;
}

const FIRST_WAIT_MS = 40;
const LONGEST_WAIT_MS = 5_000;
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Closing waits for the postings under way, and those that come meanwhile wait for it: so it waits a little, lets them pass, and tries again.
 * Only after many tries does it wait longer.
 */
async function endPatiently<T>(database: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 1.25, LONGEST_WAIT_MS)) {
    try {
      return await transact(database, async (tx) => {
        await tx.rows("select set_config('lock_timeout', $1, true)", [`${Math.round(wait)}ms`]);
        return work(tx);
      });
    } catch (error) {
      if ((error as { code?: unknown }).code !== LOCK_NOT_AVAILABLE || wait >= LONGEST_WAIT_MS) throw error;
    }
  }
}

/** Ends the open cycle and answers its number. */
async function endCycle(tx: Tx, attempt: Attempt, cutoff: Date | undefined): Promise<Outcome<number>> {
  const outcome = await once<number>(
    tx,
    attempt,
    async (recorded) => Number(recorded.cycle),
    async () => {
      const { coalition, now } = await coalitionNow(tx);
      const [cycle] = await readOpenCycle(tx, ['open']);
      if (cycle === undefined) throw new Error('no clearing cycle is open');
      if (cutoff !== undefined && cutoff > now)
        return refused('VALIDATION', `A cycle is not closed before its cutoff: the program's clock shows ${now.toISOString()}.`, {
          field: ['cutoff'],
        });
      if ((cutoff ?? now) <= cycle.startsAt) {
        await checkNotDone(tx, attempt);
        return refused('VALIDATION', `The cutoff must be later than the start of the open cycle, ${cycle.startsAt.toISOString()}.`, {
          field: ['cutoff'],
        });
      }
      const nextCutoff = startOfNextMonth(cutoff ?? now, coalition.program.timeZone);
      const closed = await closeOpenCycle(tx, { no: cycle.no, cutoff, nextId: newId(), nextCutoff });
      if (closed === undefined) await checkNotDone(tx, attempt);
      if (closed === undefined) return refused('CYCLE_CLOSED', 'The cycle was closed by another request meanwhile.');
      return done({ value: cycle.no, record: { cycle: cycle.no } });
    },
  );
  return 'refused' in outcome ? outcome : done(outcome.done.value);
}

/** The cycle that was open may have been closed under this key meanwhile: then everything starts over, and the repetition is answered like the first. */
async function checkNotDone(tx: Tx, attempt: Attempt): Promise<void> {
  if ((await findRecorded(tx, [attempt]))[0] !== undefined) throw new Retry('the cycle was closed under this key');
}
