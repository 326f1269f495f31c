import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 250;

/** The pause before live delivery asks again after a failure, such as a database that restarts. */
export function pauseAfterFailure(): Promise<void> {
  return sleep(PAUSE_MS, undefined, { ref: false });
}
