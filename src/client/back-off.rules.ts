/** How long to wait before another attempt. */
export interface BackOff {
  /** Before the first, in milliseconds. Every further attempt waits twice as long ... */
  readonly firstMs: number;
  /** ... but never longer than this. */
  readonly longestMs: number;
}

/** What held this long was no failure: the next attempt is a first one again. */
export const STEADY_MS = 1_000;

/**
 * The pause after so many failures in a row, between half and the whole of what doubles each time, so that those who were cut off together
 * do not come back together. `chance` is from 0 to 1.
 */
export function pauseAfter(failures: number, { firstMs, longestMs }: BackOff, chance: number): number {
  return Math.min(firstMs * 2 ** (failures - 1), longestMs) * (0.5 + chance / 2);
}
