// Ours and peers take turns, so that what else the machine does meets them alike. Each figure is the median over the rounds.

import { median, rounded, say } from '../figures.ts';
import type { Arena } from './arena.ts';
import { cpuSecondsOf } from './cpu.ts';
import type { Measured } from './load.ts';

export interface Contestant {
  readonly name: string;
  /** The process that serves it, where there is one beside PostgreSQL. */
  readonly pid: number | undefined;
  run(seconds: number): Promise<Measured>;
  /** What one request does. */
  readonly operationsPerRequest?: number;
  /** Does what was left for later, before others have their turn. Its processor time counts, its duration does not. */
  finish?(): Promise<void>;
}

export interface Standing {
  readonly perSecond: number;
  /** Milliseconds a request. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of processor time an operation. */
  readonly serverCpu: number;
  readonly postgresCpu: number;
}

/** A process that has served little is slow, and its code not yet compiled: it works until it gets no faster. */
const WARM_UP = { seconds: 2.5, times: 5, gain: 1.05 };
const warm = new Set<string>();

async function warmUp({ pid, operationsPerRequest, name, run, finish }: Contestant): Promise<void> {
  const key = `${pid ?? name} ${operationsPerRequest}`;
  let best = 0;
  for (let time = 1; time <= (warm.has(key) ? 1 : WARM_UP.times); time += 1) {
    const { perSecond } = await run(WARM_UP.seconds);
    if (perSecond < best * WARM_UP.gain) break;
    best = perSecond;
  }
  await finish?.();
  warm.add(key);
}

export async function contest(arena: Arena, what: string, contestants: readonly Contestant[]): Promise<Record<string, Standing>> {
  const { rounds, seconds } = arena.options;
  say(`\n${what}: ${contestants.map(({ name }) => name).join(', ')}; ${rounds} rounds of ${seconds} s.`);
  for (const contestant of contestants) await warmUp(contestant);
  const turns = new Map(contestants.map(({ name }) => [name, [] as Standing[]]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const contestant of contestants) {
      const standing = await turn(arena, contestant);
      say(`  round ${round}  ${contestant.name.padEnd(20)} ${standing.perSecond}/s`);
      turns.get(contestant.name)?.push(standing);
    }
  }
  return Object.fromEntries([...turns].map(([name, standings]) => [name, medians(standings)]));
}

async function turn({ sql, options, postgresPid }: Arena, contestant: Contestant): Promise<Standing> {
  const { pid, operationsPerRequest = 1 } = contestant;
  const server = (): number => (pid === undefined ? 0 : cpuSecondsOf(pid));
  // Whoever writes a page first after a checkpoint pays for it.
  await sql('checkpoint');
  const own = process.cpuUsage();
  const before = { server: server(), postgres: cpuSecondsOf(postgresPid) };
  const { done, perSecond, p50, p99 } = await contestant.run(options.seconds);
  await contestant.finish?.();
  const finishing = process.cpuUsage(own);
  const operations = done * operationsPerRequest;
  const micros = (seconds: number): number => rounded((seconds * 1e6) / operations, 1);
  const finished = contestant.finish === undefined ? 0 : (finishing.user + finishing.system) / 1e6;
  return {
    perSecond: rounded(perSecond * operationsPerRequest, 1),
    p50,
    p99,
    serverCpu: micros(server() - before.server + finished),
    postgresCpu: micros(cpuSecondsOf(postgresPid) - before.postgres),
  };
}

function medians(standings: readonly Standing[]): Standing {
  const of = (name: keyof Standing): number => median(standings.map((standing) => standing[name]));
  return { perSecond: of('perSecond'), p50: of('p50'), p99: of('p99'), serverCpu: of('serverCpu'), postgresCpu: of('postgresCpu') };
}
