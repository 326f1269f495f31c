// What benchmarks say of their figures: a small table for people on stderr, and with --json one object on stdout.

import { parseArgs } from 'node:util';

/** Milliseconds of the wall clock, with microseconds; the same for all processes of a machine. */
export const wallClock = (): number => performance.timeOrigin + performance.now();

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** The value that this share of the values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits));

export interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  return {
    count: values.length,
    p50: rounded(median(values)),
    p99: rounded(quantile(values, 0.99)),
    max: rounded(values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)),
  };
}

/** Numbers that the command line may change: `--sockets=500`. */
export function readOptions<Name extends string>(fallbacks: Readonly<Record<Name, number>>): Record<Name, number> {
  const names = Object.keys(fallbacks);
  const { values } = parseArgs({
    options: { json: { type: 'boolean' }, ...Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])) },
    allowPositionals: true,
  });
  const given = Object.entries(values).filter(([name]) => name !== 'json');
  const read = Object.fromEntries(given.map(([name, value]) => [name, Number(value)]));
  for (const [name, value] of Object.entries(read)) if (!(value > 0)) throw new Error(`--${name} must be a number above 0`);
  return { ...fallbacks, ...read };
}

/** Prints one row per entry, and all of it as JSON where that is wanted. */
export function publish(title: string, rows: Readonly<Record<string, string | number | Spread>>, json: object): void {
  say(`\n${title}`);
  const width = Math.max(...Object.keys(rows).map((name) => name.length));
  for (const [name, value] of Object.entries(rows)) {
    const text = typeof value === 'object' ? `p50 ${value.p50}  p99 ${value.p99}  max ${value.max}  (${value.count})` : value;
    say(`  ${name.padEnd(width)}  ${text}`);
  }
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(json)}\n`);
}
