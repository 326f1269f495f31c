import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTimeOf } from './processes.ts';

/** Another running process has the data directory. */
export class DataDirectoryBusy extends Error {}

/** Makes this process the owner of a data directory; answers how to give it back. A dead owner's claim is taken over. */
export async function claim(dataDir: string, patienceMillis: number): Promise<() => void> {
  const file = join(dataDir, 'owner');
  const mine = `${process.pid} ${startTimeOf(process.pid) ?? ''}`;
  for (const deadline = Date.now() + patienceMillis; ; await sleep(100)) {
    if (writeNew(file, mine)) return () => release(file, mine);
    const theirs = read(file);
    if (theirs === undefined) continue;
    if (!isAlive(theirs)) removeStale(file, theirs);
    else if (Date.now() > deadline) {
      throw new DataDirectoryBusy(
        `Process ${theirs.split(' ')[0]} is running on ${dataDir} already. Stop it, give this one its own directory with DATA_DIR, ` +
          `or let both serve the same coalition: DATABASE_URL="$(cat ${join(dataDir, 'database.url')})".`,
      );
    }
  }
}

function isAlive(claimant: string): boolean {
  const [pid, started] = claimant.split(/ (.*)/s);
  return started !== undefined && startTimeOf(Number(pid)) === started;
}

function writeNew(file: string, content: string): boolean {
  try {
    writeFileSync(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Two processes may find the same stale claim: what was moved away is looked at again, and put back when it is a new one. */
function removeStale(file: string, stale: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (read(aside) !== stale) linkSync(aside, file);
  } catch {
    // Somebody else was faster.
  } finally {
    rmSync(aside, { force: true });
  }
}

function release(file: string, mine: string): void {
  if (read(file) === mine) rmSync(file, { force: true });
}
