// How fast ours is beside what a user would pick instead, in one run on one machine; docs/performance.md says what each line is. Run:
// npm run bench -- [--json] [--seconds N] [--rounds N] [--only NAME[,NAME]] [--cdnow FILE] [--profile DIRECTORY]

import { cpus } from 'node:os';
import { say } from './figures.ts';
import { type Arena, inArena } from './throughput/arena.ts';
import { type Options, readOptions } from './throughput/options.ts';
import type { Result } from './throughput/report.ts';
import { accrue } from './throughput/scenarios/accrue.ts';
import { accrueBatch } from './throughput/scenarios/accrue-batch.ts';
import { client } from './throughput/scenarios/client.ts';
import { closeCycle } from './throughput/scenarios/close-cycle.ts';
import { hotAccount } from './throughput/scenarios/hot-account.ts';
import { importCdnow } from './throughput/scenarios/import-cdnow.ts';
import { latencyAtHalf } from './throughput/scenarios/latency-at-half.ts';
import { list } from './throughput/scenarios/list.ts';

/** By the name that each has in the answer. */
const SCENARIOS: Readonly<Record<string, (arena: Arena, earlier: Readonly<Record<string, Result>>) => Promise<Result | undefined>>> = {
  client,
  accrue,
  accrueBatch,
  hotAccount,
  latencyAtHalf,
  list,
  closeCycle,
  importCdnow,
};

function optionsOrEnd(): Options {
  try {
    return readOptions(Object.keys(SCENARIOS));
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}

const options = optionsOrEnd();
const results: Record<string, Result> = {};
const started = performance.now();
await inArena(options, async (arena) => {
  for (const [name, run] of Object.entries(SCENARIOS)) {
    if (options.only !== undefined && !options.only.includes(name)) continue;
    const result = await run(arena, results);
    if (result !== undefined) results[name] = result;
  }
});
const took = Math.round((performance.now() - started) / 1_000);
say(`\n${took} s in all.`);
if (options.json) {
  const { model } = cpus()[0] ?? { model: 'unknown' };
  const machine = { processors: cpus().length, model, node: process.versions.node };
  process.stdout.write(`${JSON.stringify({ ...results, machine, slices: { seconds: options.seconds, rounds: options.rounds } })}\n`);
}
process.exit();
