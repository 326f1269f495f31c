import type { Canonical } from '../kernel/canonical-json.ts';
import { microsPerMinor, minorOfMicros } from '../kernel/money.ts';
import { BPS, bpsOf, divideHalfAwayFromZero, scaleFloor } from '../kernel/ratio.ts';
import { splitLargestRemainder, type Share as Weight } from '../kernel/split.ts';
import { wholeNumber } from './file-row.ts';

/** A figure before and after rounding. */
interface Figure {
  readonly micros: bigint;
  readonly minor: bigint;
}

/** Thrown where a figure cannot come about as the workings say. */
export class Wrong extends Error {}

export interface LineToCheck {
  readonly type: string;
  readonly key: string;
  readonly partner: string;
  readonly workings: Canonical | undefined;
  /** As the line says it. */
  readonly minor: bigint;
}

/** What entries of the file add up to for a line, by its name. */
export type SumOf = (line: string) => { readonly amount: bigint; readonly entries: number };

type Object = Readonly<Record<string, Canonical>>;

const list = (value: Canonical | undefined): readonly Object[] => {
  if (!Array.isArray(value)) throw new Wrong('its workings have no list where one belongs');
  return value as readonly Object[];
};
function number(object: Object, name: string): bigint {
  const value = wholeNumber(object[name]);
  if (value === undefined) throw new Wrong(`its workings have no number \`${name}\``);
  return value;
}
const figure = (object: Object): Figure => ({ micros: number(object, 'micros'), minor: number(object, 'minor') });
const weights = (value: Canonical | undefined): Weight[] =>
  list(value).map((one) => ({ name: String(one.party), weight: number(one, 'weight') }));

function must(holds: boolean, message: string): void {
  if (!holds) throw new Wrong(message);
}

/** Divides a rounded amount by weights: parties that are the same are one. */
function divide({ micros, minor }: Figure, shares: readonly Weight[]): Map<string, Figure> {
  const merged = new Map<string, bigint>();
  for (const { name, weight } of shares) merged.set(name, (merged.get(name) ?? 0n) + weight);
  const total = [...merged.values()].reduce((sum, weight) => sum + weight, 0n);
  const parts = splitLargestRemainder(
    minor,
    [...merged].map(([name, weight]) => ({ name, weight })),
  );
  return new Map(
    [...merged].map(([name, weight]) => [
      name,
      { micros: total === 0n ? 0n : divideHalfAwayFromZero(micros * weight, total), minor: parts.get(name) ?? 0n },
    ]),
  );
}

/** Checks that parts are what a rounded amount is divided into by their exact micros: floored, what is left to the largest remainders. */
function checkParts(whole: Figure, parts: readonly Figure[], unit: bigint): void {
  const sum = parts.reduce((micros, part) => micros + part.micros, 0n);
  must(sum === whole.micros, `its parts make ${sum} micros and not ${whole.micros}`);
  const sign = whole.micros < 0n ? -1n : 1n;
  const floored = parts.map(({ micros }) => scaleFloor(sign * micros, 1n, unit));
  const left = Number(floored.reduce((rest, part) => rest - part, sign * whole.minor));
  const rest = (at: number) => sign * (parts[at]?.micros ?? 0n) - (floored[at] ?? 0n) * unit;
  const order = parts.map((_, at) => at).toSorted((a, b) => (rest(a) === rest(b) ? a - b : rest(a) > rest(b) ? -1 : 1));
  const lucky = new Set(order.slice(0, left));
  for (const [at, part] of parts.entries()) {
    const minor = sign * ((floored[at] ?? 0n) + (lucky.has(at) ? 1n : 0n));
    must(part.minor === minor, `its part ${at + 1} is ${minor} rounded and not ${part.minor}`);
  }
}

function shareOfParts(party: string, whole: Figure, parts: readonly Object[], unit: bigint): Figure {
  checkParts(whole, parts.map(figure), unit);
  let [micros, minor] = [0n, 0n];
  for (const part of parts) {
    const share = divide(figure(part), weights(part.weights)).get(party);
    micros += share?.micros ?? 0n;
    minor += share?.minor ?? 0n;
  }
  return { micros, minor };
}

/** The figure of a line from its workings and the entries behind it. */
export function recomputeLine({ type, key, partner, workings, minor: said }: LineToCheck, sumOf: SumOf, currency: string): Figure {
  const unit = microsPerMinor(currency);
  const { amount, entries } = sumOf(`${type} ${key}`);
  const told = (typeof workings === 'object' && !Array.isArray(workings) ? workings : {}) as Object;
  const rounded = (micros: bigint): Figure => ({ micros, minor: minorOfMicros(micros, currency) });
  const fromEntries = (of: Object, micros: bigint): Figure => {
    const whole = figure(of);
    must(whole.micros === micros, `the entries behind it make ${micros} micros and not ${whole.micros}`);
    must(whole.minor === rounded(micros).minor, `${micros} micros are ${rounded(micros).minor} rounded and not ${whole.minor}`);
    return whole;
  };
  switch (told.kind) {
    case 'SUM':
      return rounded(amount);
    case 'BPS': {
      const parts = list(told.parts);
      checkParts(rounded(sumOf(`REIMBURSEMENT ${key}`).amount), parts.map(figure), unit);
      const fee = (of: (minor: bigint) => bigint) =>
        parts.reduce((sum, part) => sum - bpsOf(of(number(part, 'minor')), Number(number(part, 'bps'))), 0n);
      return { micros: fee((minor) => minor * unit), minor: fee((minor) => minor) };
    }
    case 'DIVIDED': {
      const whole = told.from === 'ENTRIES' ? fromEntries(told, amount) : figure(told);
      must(told.from === 'ENTRIES' || whole.micros === whole.minor * unit, 'what was agreed is not whole');
      return shareOfParts(partner, whole, list(told.parts), unit);
    }
    case 'DIVIDED_TWICE': {
      const among = list(told.among);
      const first = divide(fromEntries(told, amount), weights(told.among));
      return among
        .map((one) => shareOfParts(partner, first.get(String(one.party)) ?? { micros: 0n, minor: 0n }, list(one.parts), unit))
        .reduce((sum, share) => ({ micros: sum.micros + share.micros, minor: sum.minor + share.minor }));
    }
    case 'PRICED': {
      const [points, issued] = [number(told, 'points'), number(told, 'issued')];
      must(issued === -amount, `the entries behind it issue ${-amount} points and not ${issued}`);
      const paidFor = issued + number(told, 'prepaid');
      must(
        points === number(told, 'agreed') - (paidFor > 0n ? paidFor : 0n),
        `${points} are not the points that were agreed and are missing`,
      );
      return rounded(-points * number(told, 'micros'));
    }
    case 'COUNTED': {
      const minor = -number(told, 'count') * number(told, 'eachMinor');
      return { micros: minor * unit, minor };
    }
    case 'SHARES':
      return shares(list(told.shares), key, partner, unit);
    case 'AMOUNT': {
      must(entries > 0 || type !== 'ADJUSTMENT', 'there is no entry behind it');
      return entries > 0 ? rounded(amount) : { micros: said * unit, minor: said };
    }
    default:
      throw new Wrong('it does not say how it came about');
  }
}

function shares(given: readonly Object[], key: string, partner: string, unit: bigint): Figure {
  const [payer, payee = ''] = key.split(' ');
  const exact = given.reduce((sum, one) => sum + exactShare(one, payee, unit), 0n);
  const sign = partner === payer ? -1n : 1n;
  return { micros: sign * divideHalfAwayFromZero(exact, BPS), minor: sign * divideHalfAwayFromZero(exact, unit * BPS) };
}

/** What one clause gives the payee, in micros times 10,000. */
function exactShare(one: Object, payee: string, unit: bigint): bigint {
  const exact = number(one, 'exact');
  const { bound } = one;
  const free = number(one, 'micros') * number(one, 'bps');
  if (bound === undefined) {
    must(exact === free, `a share of ${number(one, 'bps')} bps is ${free} and not ${exact}`);
    return exact;
  }
  const limit = bound as Object;
  const wanted = weights(limit.weights);
  const parts = splitLargestRemainder(number(limit, 'minor'), wanted.length === 0 ? [{ name: payee, weight: 1n }] : wanted);
  const part = (parts.get(payee) ?? 0n) * unit * BPS;
  must(exact === part, `its part of the limit is ${part} and not ${exact}`);
  return exact;
}
