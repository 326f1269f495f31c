import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

function attempt(read: () => string): string | undefined {
  try {
    return read() || undefined;
  } catch {
    return undefined;
  }
}

function ps(pid: number, column: string): string | undefined {
  return attempt(() => execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' }).trim());
}

/** Field 22 of /proc/PID/stat: start time in ticks since the machine booted. The name in field 2 may hold spaces. */
function linuxStartTime(pid: number): string | undefined {
  return attempt(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? '' : (rest[18] ?? '');
  });
}

/** When a process was started, in a form that tells it from a later one with the same number; undefined when it is gone. */
export function startTimeOf(pid: number): string | undefined {
  return process.platform === 'linux' ? linuxStartTime(pid) : ps(pid, 'lstart');
}

/** The command line of a running process. */
export function commandOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return ps(pid, 'command');
  return attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim());
}

/** Sends ever harsher signals until the process is gone. */
export async function endProcess(pid: number, signals: readonly NodeJS.Signals[], patienceMillis: number): Promise<void> {
  const started = startTimeOf(pid);
  const isGone = (): boolean => started === undefined || startTimeOf(pid) !== started;
  for (const signal of signals) {
    if (isGone()) return;
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    for (const deadline = Date.now() + patienceMillis; Date.now() < deadline && !isGone(); ) await sleep(25);
  }
}
