import { OPERATOR, type Party } from '../lines/cycle-line.ts';
import { netsOf, type Obligation } from './obligation.ts';

/** What is settled now, and what is left to the next cycle. Together they are all obligations. */
export interface Funded {
  readonly settled: readonly Obligation[];
  readonly deferred: readonly Obligation[];
}

/**
 * Takes obligations out until nobody pays more than the limit up to which it is funded (after Bech and Soramäki). Whoever pays too much gives
 * up its latest obligation as far as needed, then the one before; whoever would have received it may now pay too much itself, and is looked
 * at again. As every party gives up from the last to the first, and receiving less never lets anybody pay more, what remains is the one
 * largest set that can be funded, whoever is looked at first.
 */
export function fund(obligations: readonly Obligation[], limits: ReadonlyMap<Party, bigint>): Funded {
  const nets = netsOf(obligations);
  const left = obligations.map(({ minor }) => minor);
  const owedBy = Map.groupBy(obligations.keys(), (at) => obligations[at]?.from ?? OPERATOR);
  const latestOf = (party: Party) => owedBy.get(party)?.findLast((at) => left[at] !== 0n);
  const excessOf = (party: Party) => -(nets.get(party) ?? 0n) - (limits.get(party) ?? 0n);

  const defer = (at: number, part: bigint) => {
    const { from, to } = obligations[at] as Obligation;
    left[at] = (left[at] ?? 0n) - part;
    nets.set(from, (nets.get(from) ?? 0n) + part);
    nets.set(to, (nets.get(to) ?? 0n) - part);
  };

  /** The latest obligations of parties that owe one another in a circle and have nothing to spare, where what this one gives up leads into one. */
  const circleFrom = (first: Party): number[] => {
    const chain: number[] = [];
    const placeOf = (party: Party) => chain.findIndex((at) => obligations[at]?.from === party);
    let party = first;
    while (placeOf(party) < 0) {
      const at = latestOf(party);
      if (at === undefined) return [];
      chain.push(at);
      party = obligations[at]?.to ?? OPERATOR;
      if (!limits.has(party) || excessOf(party) < 0n) return [];
    }
    return chain.slice(placeOf(party));
  };

  for (let party = firstOver(); party !== undefined; party = firstOver()) {
    const circle = circleFrom(party);
    // What is given up in a circle comes round again and again until one of its obligations is used up: that is done at once.
    const round = least(circle.map((at) => left[at] ?? 0n));
    for (const at of circle) defer(at, round);
    const at = latestOf(party);
    if (circle.length === 0 && at !== undefined) defer(at, least([excessOf(party), left[at] ?? 0n]));
  }
  const parts = (minorAt: (at: number) => bigint) =>
    obligations.flatMap((one, at) => (minorAt(at) === 0n ? [] : [{ ...one, minor: minorAt(at) }]));
  return { settled: parts((at) => left[at] ?? 0n), deferred: parts((at) => (obligations[at]?.minor ?? 0n) - (left[at] ?? 0n)) };

  function firstOver(): Party | undefined {
    return [...limits.keys()].find((party) => excessOf(party) > 0n);
  }
}

const least = ([first = 0n, ...others]: readonly bigint[]): bigint => others.reduce((one, other) => (other < one ? other : one), first);
