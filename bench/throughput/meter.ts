import { quantile, rounded } from '../figures.ts';
import type { Measured } from './load.ts';

export interface Meter {
  isOver(now: number): boolean;
  /** Something that began at `from` is done now. What ends after the time counts in no rate. */
  took(from: number): void;
  result(): Measured;
}

/** Counts what is done from now on, for so many seconds. */
export function startMeter(seconds: number): Meter {
  const end = performance.now() + seconds * 1_000;
  const waits: number[] = [];
  let done = 0;
  return {
    isOver: (now) => now >= end,
    took(from) {
      const now = performance.now();
      done += 1;
      if (now < end) waits.push(now - from);
    },
    result: () => ({
      done,
      perSecond: rounded(waits.length / seconds, 1),
      p50: rounded(quantile(waits, 0.5)),
      p99: rounded(quantile(waits, 0.99)),
    }),
  };
}
