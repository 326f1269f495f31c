import { splitLargestRemainder } from '../../kernel/split.ts';
import { type CycleLine, OPERATOR, type Party, POOL } from '../lines/cycle-line.ts';
import type { Obligation } from './obligation.ts';

/**
 * Who owes whom by the lines of a cycle, in the order in which obligations are met: what was brought from the cycle before first, then line by
 * line. Those who pay in a line owe those who receive by what each receives, so rows and columns add up to the shares of the line.
 */
export function obligationsOf(lines: readonly CycleLine[]): Obligation[] {
  const [brought, drawn] = [lines.filter(isBrought), lines.filter((line) => !isBrought(line))];
  return [...brought, ...drawn].flatMap(obligationsOfLine);
}

const isBrought = ({ type }: CycleLine): boolean => type === 'CARRIED_FORWARD';

function obligationsOfLine({ shares }: CycleLine): Obligation[] {
  const nets = new Map<Party, bigint>();
  for (const [party, { minor }] of shares) {
    const settles = party === POOL ? OPERATOR : party;
    nets.set(settles, (nets.get(settles) ?? 0n) + minor);
  }
  const parties = [...nets].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const receives = new Map(parties.filter(([, minor]) => minor > 0n));
  return parties.flatMap(([from, minor]) => {
    if (minor >= 0n) return [];
    // What is left for each receiver weighs: so nobody is given more than it receives, and the last payer gives exactly the rest.
    const parts = splitLargestRemainder(
      -minor,
      [...receives].map(([name, weight]) => ({ name, weight })),
    );
    return [...receives.keys()].flatMap((to) => {
      const part = parts.get(to) ?? 0n;
      receives.set(to, (receives.get(to) ?? 0n) - part);
      return part === 0n ? [] : [{ from, to, minor: part }];
    });
  });
}
