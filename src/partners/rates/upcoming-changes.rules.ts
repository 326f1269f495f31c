import { currencyDigits, minorOfMicros } from '../../kernel/money.ts';
import type { Coalition } from '../coalition.ts';
import { compareRates, creditedFor, type Rate, rateAfterSpread } from '../contracts/clauses/exchange/exchange.rules.ts';
import type { Contract } from '../contracts/contract.rules.ts';
import { acceptancesAt, earnedAt, exchangesAt, isOpen, worthAt } from './published-terms.rules.ts';

export const UPCOMING_CHANGES = [
  'PARTNER_JOINS',
  'EARNING_BEGINS',
  'EARNING_ENDS',
  'ACCEPTANCE_BEGINS',
  'ACCEPTANCE_ENDS',
  'REDEMPTION_RATE',
  'BURNING_ENDS',
  'EXCHANGE_OPENS',
  'EXCHANGE_ENDS',
  'EXCHANGE_RATE',
] as const;
export type UpcomingChangeKind = (typeof UPCOMING_CHANGES)[number];

/** Something that will be different for members from an instant on, as both parties have signed or one has given notice. */
export interface UpcomingChange {
  readonly kind: UpcomingChangeKind;
  readonly partnerId: string;
  readonly currency: string | undefined;
  readonly toCurrency: string | undefined;
  readonly effectiveFrom: Date;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly isWorse: boolean;
}

/** One thing that members may do at a partner; what it is worth to them where that can change. */
interface Term {
  readonly of: keyof typeof KINDS;
  readonly partnerId: string;
  readonly currency?: string;
  readonly toCurrency?: string;
  readonly rate?: Rate;
  readonly feePoints?: bigint;
  /** What a number of points becomes, for people. */
  readonly say?: (points: bigint) => string;
}

const KINDS = {
  PARTNER: { begins: 'PARTNER_JOINS', changes: undefined, ends: 'BURNING_ENDS' },
  EARNING: { begins: 'EARNING_BEGINS', changes: undefined, ends: 'EARNING_ENDS' },
  ACCEPTANCE: { begins: 'ACCEPTANCE_BEGINS', changes: 'REDEMPTION_RATE', ends: 'ACCEPTANCE_ENDS' },
  EXCHANGE: { begins: 'EXCHANGE_OPENS', changes: 'EXCHANGE_RATE', ends: 'EXCHANGE_ENDS' },
} as const satisfies Readonly<Record<string, Readonly<Record<'begins' | 'changes' | 'ends', UpcomingChangeKind | undefined>>>>;

type Terms = ReadonlyMap<string, Term>;

/** All that will change for members after an instant, in the order in which it does; up to another instant, or everything that is known. */
export function upcomingChanges(coalition: Coalition, now: Date, until?: Date): UpcomingChange[] {
  // A contract that is suspended may resume any day: what was published of it goes on to hold.
  const contracts = coalition.contracts.map((contract) => ({ ...contract, suspendedAt: undefined }));
  const turning = Map.groupBy(
    contracts.flatMap((contract) => turningPoints(contract).map((at) => ({ contract, time: at.getTime() }))),
    ({ time }) => time,
  );
  const changes: UpcomingChange[] = [];
  let before: View = { at: now, worth: worthAt(coalition, now) };
  for (const time of [...turning.keys()].sort((a, b) => a - b)) {
    const at = new Date(time);
    if (at <= now || (until !== undefined && at > until)) continue;
    const after: View = { at, worth: worthAt(coalition, at) };
    const isRepriced = coalition.currencies.some(({ code }) => before.worth(code) !== after.worth(code));
    const touched = isRepriced ? contracts : (turning.get(time) ?? []).map(({ contract }) => contract);
    changes.push(...differences(coalition, termsOf(coalition, touched, before), termsOf(coalition, touched, after), at));
    before = after;
  }
  return changes;
}

function turningPoints({ versions, earnEnd, burnEnd }: Contract): Date[] {
  const starts = versions.flatMap((v) => (v.operatorSignedAt === undefined ? [] : [v.effectiveFrom, v.effectiveUntil]));
  return [...starts, earnEnd, burnEnd].filter((at) => at !== undefined);
}

/** The coalition at an instant. */
interface View {
  readonly at: Date;
  /** R of a currency. */
  readonly worth: (currency: string) => bigint | undefined;
}

/** What members may do under these contracts, by a name of each thing. */
function termsOf({ program }: Coalition, contracts: readonly Contract[], view: View): Terms {
  const terms = contracts.flatMap((contract) => termsIn(contract, view, program.settlementCurrency));
  return new Map(terms.map((term) => [[term.of, term.partnerId, term.currency, term.toCurrency].join(' '), term]));
}

function termsIn(contract: Contract, { at, worth }: View, money: string): Term[] {
  const { partnerId } = contract;
  const partner: Term[] = isOpen(contract, at) ? [{ of: 'PARTNER', partnerId }] : [];
  const earning = earnedAt(contract, at).map((currency): Term => ({ of: 'EARNING', partnerId, currency }));
  const accepted = [...acceptancesAt(contract, at)].map(([currency, { reimbursementMicros }]): Term => {
    const micros = reimbursementMicros ?? worth(currency);
    if (micros === undefined) return { of: 'ACCEPTANCE', partnerId, currency };
    const say = (points: bigint) => `${points} ${currency} = ${sayMoney(points * micros, money)}`;
    return { of: 'ACCEPTANCE', partnerId, currency, rate: { numerator: micros, denominator: 1n }, say };
  });
  const exchanged = exchangesAt(contract, at, worth).flatMap(({ terms, rate }): Term[] => {
    const { from, to, spreadBps, feePoints } = terms;
    if (rate === undefined) return [];
    const say = (points: bigint) => `${points} ${from} = ${creditedFor(terms, rate, points)} ${to}`;
    return [{ of: 'EXCHANGE', partnerId, currency: from, toCurrency: to, rate: rateAfterSpread(rate, spreadBps), feePoints, say }];
  });
  return [...partner, ...earning, ...accepted, ...exchanged];
}

function sayMoney(micros: bigint, currency: string): string {
  const digits = currencyDigits(currency);
  const minor = String(minorOfMicros(micros, currency)).padStart(digits + 1, '0');
  const whole = minor.slice(0, minor.length - digits);
  return `${digits === 0 ? whole : `${whole}.${minor.slice(-digits)}`} ${currency}`;
}

function differences(coalition: Coalition, before: Terms, after: Terms, at: Date): UpcomingChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const changes = names.flatMap((name) => change(before.get(name), after.get(name), at) ?? []);
  const rank = ({ partnerId, kind, currency = '', toCurrency = '' }: UpcomingChange) =>
    [coalition.partnerById(partnerId).code, 10 + UPCOMING_CHANGES.indexOf(kind), currency, toCurrency].join(' ');
  return changes.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

function change(before: Term | undefined, after: Term | undefined, at: Date): UpcomingChange | undefined {
  const term = after ?? before;
  if (term === undefined) return undefined;
  const { begins, changes, ends } = KINDS[term.of];
  const kind = before === undefined ? begins : after === undefined ? ends : isChanged(before, after) ? changes : undefined;
  if (kind === undefined) return undefined;
  const points = telling(before, after);
  return {
    kind,
    partnerId: term.partnerId,
    currency: term.currency,
    toCurrency: term.toCurrency,
    effectiveFrom: at,
    before: before?.say?.(points),
    after: after?.say?.(points),
    isWorse: after === undefined || (before !== undefined && isWorse(before, after)),
  };
}

function isChanged(before: Term, after: Term): boolean {
  return compared(before, after) !== 0 || before.feePoints !== after.feePoints;
}

function isWorse(before: Term, after: Term): boolean {
  return compared(before, after) > 0 || (before.feePoints ?? 0n) < (after.feePoints ?? 0n);
}

function compared(before: Term, after: Term): number {
  const none: Rate = { numerator: 0n, denominator: 1n };
  return compareRates(before.rate ?? none, after.rate ?? none);
}

/** So many points that the two texts differ. */
function telling(before: Term | undefined, after: Term | undefined): bigint {
  const sizes = [1_000n, 1_000_000n, 1_000_000_000n];
  return sizes.find((points) => before?.say?.(points) !== after?.say?.(points)) ?? 1_000n;
}
