import { dayOf, plusDays } from '../../kernel/instant.ts';
import { done, refused } from '../../kernel/refusal.ts';
import { type PriceBook, priceOf } from '../rates/prices.rules.ts';
import { type Candidate, contractsWith, type Guard } from './candidate.rules.ts';
import { type Clause, type ClauseOf, clausesOf } from './clause.ts';
import { compareRates, type Rate, rateAfterSpread } from './clauses/exchange/exchange.rules.ts';

/** A change that members would not welcome. */
interface Worsening {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  readonly noticeDays: number;
}

/**
 * What gets worse for members is announced as many days ahead as the clause that it replaces promises. Compared is with all that was in
 * force within those days: taking a clause out and putting a worse one back in is no way past it.
 */
export const refuseShortNotice: Guard = (candidate) => {
  const { coalition, version, now } = candidate;
  const { timeZone } = coalition.program;
  const worst = [...worseExchanges(candidate), ...worseAcceptances(candidate)].sort((a, b) => b.noticeDays - a.noticeDays)[0];
  if (worst === undefined) return done(undefined);
  const earliest = dayOf(plusDays(now, worst.noticeDays, timeZone), timeZone);
  if (dayOf(version.effectiveFrom, timeZone) >= earliest) return done(undefined);
  const { what, noticeDays } = worst;
  return refused('NOTICE_TOO_SHORT', `A change of ${what} for the worse is announced ${noticeDays} days ahead.`, {
    field: ['effectiveFrom'],
    details: { ...worst, earliest },
  });
};

function worseExchanges(candidate: Candidate): Worsening[] {
  return clausesOf(candidate.version.clauses, 'exchange').flatMap((after) =>
    termsBefore(candidate, exchangesOf)
      .filter(({ from, to }) => from === after.from && to === after.to)
      .filter((before) => isWorseExchange(candidate, before, after))
      .map((before) => ({
        what: `exchange ${after.from} to ${after.to}`,
        before: sayExchange(before),
        after: sayExchange(after),
        noticeDays: before.noticeDays,
      })),
  );
}

function isWorseExchange(candidate: Candidate, before: ClauseOf<'exchange'>, after: ClauseOf<'exchange'>): boolean {
  if (after.feePoints > before.feePoints) return true;
  const isByMid = before.rate === undefined && after.rate === undefined;
  const mid = isByMid ? ONE : midOf(candidate, after);
  const [rateBefore, rateAfter] = [before.rate ?? mid, after.rate ?? mid];
  // With a side that has no price the one that follows mid is dormant: there is nothing to compare.
  if (rateBefore === undefined || rateAfter === undefined) return false;
  return compareRates(rateAfterSpread(rateAfter, after.spreadBps), rateAfterSpread(rateBefore, before.spreadBps)) < 0;
}

const ONE: Rate = { numerator: 1n, denominator: 1n };

function midOf(candidate: Candidate, { from, to }: ClauseOf<'exchange'>): Rate | undefined {
  const [numerator, denominator] = [redemptionElementOf(candidate, from), redemptionElementOf(candidate, to)];
  return numerator === undefined || !denominator ? undefined : { numerator, denominator };
}

function sayExchange({ rate, spreadBps, feePoints }: ClauseOf<'exchange'>): string {
  const agreed = rate === undefined ? 'mid rate' : `rate ${rate.numerator}/${rate.denominator}`;
  return `${agreed}, spread ${spreadBps} bps, fee ${feePoints} points`;
}

function worseAcceptances(candidate: Candidate): Worsening[] {
  return clausesOf(candidate.version.clauses, 'acceptance').flatMap((after) =>
    after.currencies.flatMap((currency) => {
      const standard = redemptionElementOf(candidate, currency);
      const micros = (clause: ClauseOf<'acceptance'>) => clause.reimbursementMicros ?? standard;
      return termsBefore(candidate, acceptancesOf)
        .filter((before) => before.currencies.includes(currency) && isLess(micros(after), micros(before)))
        .map((before) => ({
          what: `acceptance ${currency}`,
          before: `${micros(before)} micros per point`,
          after: `${micros(after)} micros per point`,
          noticeDays: before.noticeDays,
        }));
    }),
  );
}

function isLess(after: bigint | undefined, before: bigint | undefined): boolean {
  return after !== undefined && before !== undefined && after < before;
}

/** R at the start of the version, with what the version itself says of it. */
function redemptionElementOf(candidate: Candidate, code: string): bigint | undefined {
  const { coalition, version } = candidate;
  const currency = coalition.currencyOf(code);
  const book: PriceBook = { partners: coalition.partners, contracts: contractsWith(candidate) };
  return currency && priceOf(book, currency, version.effectiveFrom)?.terms.redemptionElementMicros;
}

/** The clauses of the contract that are in force at some instant within their own days of notice before the version begins. */
function termsBefore<Terms extends { readonly noticeDays: number }>(
  { coalition, contract, version }: Candidate,
  read: (clauses: readonly Clause[]) => readonly Terms[],
): Terms[] {
  const begins = version.effectiveFrom;
  return (contract?.versions ?? []).flatMap(({ number, operatorSignedAt, clauses, effectiveFrom, effectiveUntil }) => {
    if (operatorSignedAt === undefined || number === version.number || effectiveFrom >= begins) return [];
    if (effectiveUntil === undefined) return read(clauses);
    if (effectiveUntil <= effectiveFrom) return [];
    return read(clauses).filter(({ noticeDays }) => effectiveUntil > plusDays(begins, -noticeDays, coalition.program.timeZone));
  });
}

function exchangesOf(clauses: readonly Clause[]): readonly ClauseOf<'exchange'>[] {
  return clausesOf(clauses, 'exchange');
}

function acceptancesOf(clauses: readonly Clause[]): readonly ClauseOf<'acceptance'>[] {
  return clausesOf(clauses, 'acceptance');
}
