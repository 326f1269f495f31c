import { type LowBlocks, noteLowBlocks } from '../../exchange/funding/note-low-blocks.ts';
import { isClockShifted, programNow } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { type JobName, runRounds } from './run-job.ts';

const EVERY_MILLISECONDS = 15_000;

const SWEPT: readonly JobName[] = [
  'EXPIRE_HOLDS',
  'CONFIRM_PENDING',
  'EXPIRE_LOTS',
  'SETTLE_TERMINATIONS',
  'CHECK_CLAIMS',
  'SETTLE_DISPUTES',
  'AGE_PAYMENTS',
  'DELETE_QUOTES',
];

/**
 * Releases holds, confirms pending accruals, expires lots, settles ended contracts, and looks after claims, disputes and payments as their time
 * passes, in any number of processes: the locks sort them out.
 * A clock that was set by hand moves nothing by itself; then only `runJob` does.
 */
export function startSweeping(
  database: Database,
  onFault: (fault: unknown) => void,
  onLowBlocks: (low: LowBlocks) => void,
): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = running
      .then(() => sweep(database, onFault))
      .then(() => noteLowBlocks(database))
      .then((low) => low.forEach(onLowBlocks))
      .catch(onFault);
  }, EVERY_MILLISECONDS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}

/** Does once what is due. A job that fails, or leaves wallets that it could not change, is reported and does not keep the others from their work. */
export async function sweep(database: Database, onFault: (fault: unknown) => void): Promise<void> {
  if (await isClockShifted(database)) return;
  const now = await programNow(database);
  for (const name of SWEPT) {
    try {
      const { left } = await runRounds(database, name, now);
      if (left.length > 0) onFault(new AggregateError(left, `${name} left wallets as they were: ${left.length}`));
    } catch (cause) {
      onFault(new Error(`${name} failed`, { cause }));
    }
  }
}
