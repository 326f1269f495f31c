// What is said of a scenario: one line for each contestant to people, its rates by name to programs.

import { rounded, say } from '../figures.ts';
import type { Standing } from './contest.ts';

export type Result = Readonly<Record<string, unknown>>;

/** The table of a contest, each beside the last, and its JSON. */
export function reportContest(standings: Readonly<Record<string, Standing>>, ratios: readonly (readonly [string, string])[]): Result {
  const width = Math.max(...Object.keys(standings).map((name) => name.length));
  say(`  ${''.padEnd(width)}   per second    p50 ms    p99 ms   CPU µs: server  PostgreSQL`);
  for (const [name, { perSecond, p50, p99, serverCpu, postgresCpu }] of Object.entries(standings)) {
    const cells = [perSecond.toFixed(0).padStart(12), p50.toFixed(2).padStart(9), p99.toFixed(2).padStart(9)];
    say(`  ${name.padEnd(width)} ${cells.join(' ')} ${serverCpu.toFixed(1).padStart(16)} ${postgresCpu.toFixed(1).padStart(11)}`);
  }
  const perSecond = (name: string): number => standings[name]?.perSecond ?? Number.NaN;
  const compared = Object.fromEntries(ratios.map(([ours, theirs]) => [`${ours}/${theirs}`, rounded(perSecond(ours) / perSecond(theirs))]));
  for (const [name, ratio] of Object.entries(compared)) say(`  ${name}: ${ratio}`);
  return {
    ...Object.fromEntries(Object.keys(standings).map((name) => [name, perSecond(name)])),
    ratios: compared,
    detail: standings,
  };
}
