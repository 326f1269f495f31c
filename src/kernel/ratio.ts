/** Integer arithmetic with the rounding direction in the name. All amounts are bigint; nothing here touches a float. */

/** Basis points in a whole: 10,000 bps = 100 %. */
export const BPS = 10_000n;

/** `value * numerator / denominator`, rounded towards minus infinity. */
export function scaleFloor(value: bigint, numerator: bigint, denominator: bigint): bigint {
  const product = value * numerator;
  const quotient = product / denominator;
  return product % denominator !== 0n && product < 0n !== denominator < 0n ? quotient - 1n : quotient;
}

/** `dividend / divisor` for a positive divisor, rounded to the nearest integer, halves away from zero. */
export function divideHalfAwayFromZero(dividend: bigint, divisor: bigint): bigint {
  const magnitude = dividend < 0n ? -dividend : dividend;
  const rounded = (2n * magnitude + divisor) / (2n * divisor);
  return dividend < 0n ? -rounded : rounded;
}

/** `amount * bps / 10000`, halves away from zero: domain 3.2, rule 6, with the sign applied after. */
export function bpsOf(amount: bigint, bps: number): bigint {
  return divideHalfAwayFromZero(amount * BigInt(bps), BPS);
}

/** `part / whole` in basis points, floored; `whole` is positive. */
export function ratioBps(part: bigint, whole: bigint): number {
  return Number(scaleFloor(part, BPS, whole));
}
