// How much of a processor processes have used, themselves and those that they started.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

interface Used {
  readonly parent: number;
  /** Seconds of its own and of its children that have ended. */
  readonly seconds: number;
}

const TICKS_PER_SECOND = process.platform === 'linux' ? Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })) : 1;

/** Fields of /proc/PID/stat after the name, which may hold spaces: the second is the parent, the 12th to 15th are times in ticks. */
function readLinux(pid: string): Used | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { parent: Number(fields[1]), seconds: ticks / TICKS_PER_SECOND };
  } catch {
    return undefined;
  }
}

/** `ps` says minutes and seconds, with days and hours in front where there are any. */
function secondsOf(time: string): number {
  return time
    .split(/[-:]/)
    .reduceRight((sum, part, at, parts) => sum + Number(part) * ([1, 60, 3_600, 86_400][parts.length - 1 - at] ?? 0), 0);
}

function readAll(): Map<number, Used> {
  const all = new Map<number, Used>();
  if (process.platform === 'linux') {
    for (const name of readdirSync('/proc')) {
      const used = /^\d+$/.test(name) ? readLinux(name) : undefined;
      if (used !== undefined) all.set(Number(name), used);
    }
    return all;
  }
  for (const line of execFileSync('ps', ['-A', '-o', 'pid=,ppid=,time='], { encoding: 'utf8' }).trim().split('\n')) {
    const [pid, parent, time = ''] = line.trim().split(/\s+/);
    all.set(Number(pid), { parent: Number(parent), seconds: secondsOf(time) });
  }
  return all;
}

/** Seconds of processor time of a process and all below it. */
export function cpuSecondsOf(root: number): number {
  const all = readAll();
  const isBelow = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 0; at = all.get(at)?.parent) if (at === root) return true;
    return false;
  };
  return [...all].reduce((sum, [pid, { seconds }]) => sum + (isBelow(pid) ? seconds : 0), 0);
}
