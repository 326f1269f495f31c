import type { Database } from '../../platform/database.ts';
import { runRounds } from './run-job.ts';

const EVERY_MILLISECONDS = 15_000;

/**
 * Releases holds and confirms pending accruals as their time passes, in any number of processes: the locks of wallets sort them out.
 * A clock that was set by hand moves nothing by itself; then only `runJob` does.
 */
export function startSweeping(database: Database, onFault: (fault: unknown) => void): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = running.then(() => sweep(database)).catch(onFault);
  }, EVERY_MILLISECONDS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}

async function sweep(database: Database): Promise<void> {
  const [clock] = await database.rows<{ now: Date; shifted: boolean }>(
    "select platform.now() as now, clock_offset <> interval '0' as shifted from platform.state",
  );
  if (clock === undefined || clock.shifted) return;
  await runRounds(database, 'EXPIRE_HOLDS', clock.now);
  await runRounds(database, 'CONFIRM_PENDING', clock.now);
}
