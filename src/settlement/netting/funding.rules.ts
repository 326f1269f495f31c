import { OPERATOR, type Party } from '../lines/cycle-line.ts';
import { netsOf, type Obligation } from './obligation.ts';

/** What is settled now, and what is left to the next cycle. Together they are all obligations. */
export interface Funded {
  readonly settled: readonly Obligation[];
  readonly deferred: readonly Obligation[];
}

/**
 * Takes obligations out until nobody pays more than the limit up to which it is funded (after Bech and Soramäki). Whoever pays too much loses
 * its latest obligation, and nets are computed again, as those who would have received it may now pay too much themselves. What is owed to the
 * operator, which has no limit, is deferred only as far as needed; between partners an obligation is deferred whole. As every party gives up
 * its obligations from the last to the first and receiving less never lets anybody pay more, the order of parties does not matter: what
 * remains is the one largest set that can be funded.
 */
export function fund(obligations: readonly Obligation[], limits: ReadonlyMap<Party, bigint>): Funded {
  const nets = netsOf(obligations);
  const left = obligations.map(({ minor }) => minor);
  const owedBy = Map.groupBy(obligations.keys(), (at) => obligations[at]?.from ?? OPERATOR);
  const short = [...limits.keys()];
  for (let party = short.pop(); party !== undefined; party = short.pop()) {
    const queue = owedBy.get(party) ?? [];
    for (let over = excess(party); over > 0n; over = excess(party)) {
      const at = queue.findLast((one) => left[one] !== 0n);
      const obligation = at === undefined ? undefined : obligations[at];
      if (at === undefined || obligation === undefined) break;
      const owed = left[at] ?? 0n;
      const part = obligation.to === OPERATOR && over < owed ? over : owed;
      left[at] = owed - part;
      nets.set(party, (nets.get(party) ?? 0n) + part);
      nets.set(obligation.to, (nets.get(obligation.to) ?? 0n) - part);
      if (limits.has(obligation.to)) short.push(obligation.to);
    }
  }
  const parts = (minorAt: (at: number) => bigint) =>
    obligations.flatMap((one, at) => (minorAt(at) === 0n ? [] : [{ ...one, minor: minorAt(at) }]));
  return { settled: parts((at) => left[at] ?? 0n), deferred: parts((at) => (obligations[at]?.minor ?? 0n) - (left[at] ?? 0n)) };

  function excess(party: Party): bigint {
    return -(nets.get(party) ?? 0n) - (limits.get(party) ?? 0n);
  }
}
