import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf, endProcess, startTimeOf } from './processes.ts';

/** Ends the server that an earlier process left running on this directory. */
export async function endOrphan(directory: string, note: (line: string) => void): Promise<void> {
  const pid = lockHolder(directory);
  if (pid === undefined || startTimeOf(pid) === undefined || !isServerOn(directory, pid)) return;
  note(`The database of an earlier start is still running (process ${pid}); stopping it.`);
  await endProcess(pid, ['SIGINT', 'SIGQUIT', 'SIGKILL'], 10_000);
}

/**
 * PostgreSQL takes a lock file for live when any process has its number. Ours, its parent, it takes for dead; the rest of the
 * file stays, as the server reads there whether backends of the dead one still write.
 */
export function disownStaleLock(directory: string): void {
  const file = join(directory, 'postmaster.pid');
  if (statSync(file, { throwIfNoEntry: false })?.size === 0) rmSync(file);
  const pid = lockHolder(directory);
  if (pid === undefined || startTimeOf(pid) === undefined) return;
  const [, ...rest] = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, [process.pid, ...rest].join('\n'));
}

function isServerOn(directory: string, pid: number): boolean {
  const command = commandOf(pid) ?? '';
  return command.includes('postgres') && command.includes(directory);
}

function lockHolder(directory: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(join(directory, 'postmaster.pid'), 'utf8'), 10);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
