import { ratioBps } from '../../kernel/ratio.ts';
import { OPERATOR, type Party } from '../lines/cycle-line.ts';
import { isNamed, netsOf, type Obligation, owedBetween, type Pair } from './obligation.ts';

/** What two parties of a cycle owe each other. */
export interface PairNet {
  readonly a: Party;
  readonly b: Party;
  readonly aOwes: bigint;
  readonly bOwes: bigint;
  /** Whether they settle it with each other. */
  readonly isNamed: boolean;
}

/** What netting spares the parties of a cycle, in minor units. */
export interface Saving {
  /** All that is owed. */
  readonly gross: bigint;
  /** What those who owe after netting owe. */
  readonly net: bigint;
  readonly saving: bigint;
  readonly savingBps: number;
  /** Payments without netting: one in each direction in which anything is owed. */
  readonly grossPayments: number;
  readonly pairs: readonly PairNet[];
}

/** Gross and net of a cycle: of all parties, or of one partner with those that it owes or is owed by. */
export function savingOf(obligations: readonly Obligation[], named: readonly Pair[], of?: Party): Saving {
  const own = obligations.filter(({ from, to }) => of === undefined || from === of || to === of);
  const pairs = pairsOf(own, named);
  const gross = own.reduce((sum, { minor }) => sum + minor, 0n);
  const withOperator = netsOf(own.filter((one) => !isNamed(named, one)));
  const debits =
    of === undefined ? [...withOperator.values()].map((net) => (net < 0n ? -net : 0n)) : [magnitude(withOperator.get(of) ?? 0n)];
  const direct = pairs.filter((pair) => pair.isNamed).map(({ aOwes, bOwes }) => magnitude(aOwes - bOwes));
  const net = [...debits, ...direct].reduce((sum, minor) => sum + minor, 0n);
  return {
    gross,
    net,
    saving: gross - net,
    savingBps: gross === 0n ? 0 : ratioBps(gross - net, gross),
    grossPayments: pairs.reduce((count, { aOwes, bOwes }) => count + (aOwes > 0n ? 1 : 0) + (bOwes > 0n ? 1 : 0), 0),
    pairs,
  };
}

const magnitude = (minor: bigint): bigint => (minor < 0n ? -minor : minor);

/** Partners by code, the operator last. */
const rankOf = (party: Party): string => (party === OPERATOR ? '1' : `0${party}`);

function pairsOf(obligations: readonly Obligation[], named: readonly Pair[]): PairNet[] {
  const ordered = obligations.map(({ from, to }): Pair => (rankOf(from) < rankOf(to) ? [from, to] : [to, from]));
  const distinct = new Map(ordered.map((pair) => [pair.map(rankOf).join(' '), pair]));
  return [...distinct]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, [a, b]]) => ({
      a,
      b,
      aOwes: owedBetween(obligations, a, b),
      bOwes: owedBetween(obligations, b, a),
      isNamed: isNamed(named, { from: a, to: b }),
    }));
}
