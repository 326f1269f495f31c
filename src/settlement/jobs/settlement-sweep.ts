import type { Database } from '../../platform/database.ts';
import { forgetOldNews } from '../../platform/live/outbox.ts';
import { finishClosing } from '../cycles/close-cycle.ts';
import { rollUp } from '../lines/roll-up.ts';
import { sealChunks } from '../proof/seal-chunks.ts';

const EVERY_MILLISECONDS = 10_000;

/**
 * Work of settlement that waits for nobody: what a process left half closed is finished; sums are read on and entries sealed, so that closing
 * is quick; what all were told is forgotten. In any number of processes, which take turns. Answers how to stop.
 */
export function startSettlementSweep(database: Database, onFault: (fault: unknown) => void): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    running = running.then(() => sweepSettlement(database)).catch(onFault);
  }, EVERY_MILLISECONDS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}

/** Does once what is to be done. */
export async function sweepSettlement(database: Database): Promise<void> {
  await finishClosing(database);
  await rollUp(database);
  await sealChunks(database);
  await forgetOldNews(database);
}
