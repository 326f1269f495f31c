/** Purchases of a shop as a file holds them, the same for the same seed: some people come often, some lines are written several times. */
export function writePurchases(
  count: number,
  seed = 1,
): { text: string; members: number; points: bigint; pointsOf: ReadonlyMap<string, bigint> } {
  let state = seed;
  const below = (limit: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * limit);
  };
  const pointsOf = new Map<string, bigint>();
  const lines: string[] = [];
  while (lines.length < count) {
    const member = String(below(Math.ceil(count / 3))).padStart(5, '0');
    const day = `1997${String(1 + below(12)).padStart(2, '0')}${String(1 + below(28)).padStart(2, '0')}`;
    const cents = below(20) === 0 ? below(15) : below(10_000);
    const times = Math.min(below(10) === 0 ? 3 : 1, count - lines.length);
    for (let n = 0; n < times; n += 1) lines.push(` ${member} ${day} ${1 + below(3)} ${(cents / 100).toFixed(2)}`);
    // Ten points a unit, each purchase floored by itself.
    pointsOf.set(member, (pointsOf.get(member) ?? 0n) + BigInt(times) * (BigInt(cents) / 10n));
  }
  const points = [...pointsOf.values()].reduce((sum, more) => sum + more, 0n);
  return { text: `${lines.join('\r\n')}\r\n`, members: pointsOf.size, points, pointsOf };
}
