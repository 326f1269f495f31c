import { BPS, divideHalfAwayFromZero } from '../../kernel/ratio.ts';

/** The most basis points that the wire carries. */
const MOST = 2_147_483_647n;

/** `part / whole` in basis points, to the nearest, halves away from zero; undefined where the whole is not positive. */
export function nearestBps(part: bigint, whole: bigint): number | undefined {
  if (whole <= 0n) return undefined;
  const bps = divideHalfAwayFromZero(part * BPS, whole);
  if (bps > MOST) return Number(MOST);
  return Number(bps < -MOST ? -MOST : bps);
}

/** Sum of squared shares of a whole, in basis points: 10000 where one has all. Undefined where there is nothing to share. */
export function concentrationBps(parts: readonly bigint[]): number | undefined {
  const whole = parts.reduce((sum, part) => sum + part, 0n);
  return nearestBps(
    parts.reduce((sum, part) => sum + part * part, 0n),
    whole * whole,
  );
}
