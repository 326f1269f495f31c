/** One part of a whole that is divided. Ties go to the earlier rank: partners by code, then the operator, the pool last. */
export interface Share {
  readonly name: string;
  readonly weight: bigint;
}

/** Where a party stands when two remainders are equal: partners by code, the operator after them, the pool last. */
function rankOf(name: string): string {
  return name === 'POOL' ? '2' : name === 'OPERATOR' ? '1' : `0${name}`;
}

/**
 * Divides an amount by weights into whole parts that add up to it: every part is floored in magnitude, and what is left goes one by one to
 * the largest remainders (domain 3.2, rule 4). A negative amount is divided like its magnitude. Nothing weighs anything: nothing is divided.
 */
export function splitLargestRemainder(amount: bigint, shares: readonly Share[]): Map<string, bigint> {
  const total = shares.reduce((sum, { weight }) => sum + weight, 0n);
  if (total === 0n) return new Map(shares.map(({ name }) => [name, 0n]));
  const [sign, magnitude] = amount < 0n ? [-1n, -amount] : [1n, amount];
  const parts = shares.map(({ name, weight }) => ({
    name,
    part: (magnitude * weight) / total,
    remainder: (magnitude * weight) % total,
  }));
  let left = magnitude - parts.reduce((sum, { part }) => sum + part, 0n);
  const order = parts.toSorted((a, b) => {
    if (a.remainder !== b.remainder) return a.remainder > b.remainder ? -1 : 1;
    return rankOf(a.name) < rankOf(b.name) ? -1 : 1;
  });
  const split = new Map<string, bigint>();
  for (const { name, part } of order) {
    const extra = left > 0n ? 1n : 0n;
    left -= extra;
    split.set(name, (split.get(name) ?? 0n) + sign * (part + extra));
  }
  return split;
}
