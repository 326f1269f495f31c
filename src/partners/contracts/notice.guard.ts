import { dayOf, plusDays } from '../../kernel/instant.ts';
import { done, refused } from '../../kernel/refusal.ts';
import { type PriceBook, priceOf } from '../rates/prices.rules.ts';
import { type Candidate, contractsWith, type Guard } from './candidate.rules.ts';
import { type Clause, type ClauseOf, clausesOf } from './clause.ts';
import { compareRates, lowestTerms, type Rate, rateAfterSpread } from './clauses/exchange/exchange.rules.ts';
import type { ContractVersion } from './contract.rules.ts';
import { burnsUntil } from './timeline.rules.ts';

/** A change that members would not welcome. */
interface Worsening {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  readonly noticeDays: number;
}

/** Terms that stood before, with the version that they stood in. */
interface Before<Terms> {
  readonly terms: Terms;
  readonly version: ContractVersion;
}

/**
 * What gets worse for members is announced as many days ahead as the clause that it replaces promises. Compared is with all that was in
 * force within those days: taking a clause out and putting a worse one back in is no way past it. Where an exchange follows mid, what the
 * version itself says of R counts; what other contracts say of it is no change of this one.
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
      .filter(({ terms: { from, to } }) => from === after.from && to === after.to)
      .map(({ terms: before, version }) => {
        const stood = { ...candidate, version: { ...candidate.version, clauses: version.clauses } };
        return { before, rateBefore: rateIn(stood, before), rateAfter: rateIn(candidate, after) };
      })
      .filter(({ before, rateBefore, rateAfter }) => isWorseExchange(before, rateBefore, after, rateAfter))
      .map(({ before, rateBefore, rateAfter }) => ({
        what: `exchange ${after.from} to ${after.to}`,
        before: sayExchange(before, rateBefore),
        after: sayExchange(after, rateAfter),
        noticeDays: before.noticeDays,
      })),
  );
}

function isWorseExchange(
  before: ClauseOf<'exchange'>,
  rateBefore: Rate | undefined,
  after: ClauseOf<'exchange'>,
  rateAfter: Rate | undefined,
): boolean {
  if (after.feePoints > before.feePoints) return true;
  if (rateBefore !== undefined && rateAfter !== undefined)
    return compareRates(rateAfterSpread(rateAfter, after.spreadBps), rateAfterSpread(rateBefore, before.spreadBps)) < 0;
  // With a side that has no price what follows mid is dormant: only spreads can be compared, and only where both follow it.
  return before.rate === undefined && after.rate === undefined && after.spreadBps > before.spreadBps;
}

/** The rate before the spread, with R at the start of the candidate; undefined while there is no mid that it could follow. */
function rateIn(candidate: Candidate, clause: ClauseOf<'exchange'>): Rate | undefined {
  return clause.rate ?? midOf(candidate, clause);
}

function midOf(candidate: Candidate, { from, to }: ClauseOf<'exchange'>): Rate | undefined {
  const [numerator, denominator] = [redemptionElementOf(candidate, from), redemptionElementOf(candidate, to)];
  return numerator === undefined || !denominator ? undefined : { numerator, denominator };
}

function sayExchange({ rate: agreed, spreadBps, feePoints }: ClauseOf<'exchange'>, rate: Rate | undefined): string {
  return `${agreed === undefined ? 'mid rate' : 'rate'}${rate === undefined ? '' : sayRate(rate)}, spread ${spreadBps} bps, fee ${feePoints} points`;
}

function sayRate(rate: Rate): string {
  const { numerator, denominator } = lowestTerms(rate);
  return ` ${numerator}/${denominator}`;
}

function worseAcceptances(candidate: Candidate): Worsening[] {
  return clausesOf(candidate.version.clauses, 'acceptance').flatMap((after) =>
    after.currencies.flatMap((currency) => {
      const standard = redemptionElementOf(candidate, currency);
      const micros = (clause: ClauseOf<'acceptance'>) => clause.reimbursementMicros ?? standard;
      return termsBefore(candidate, acceptancesOf)
        .map(({ terms }) => terms)
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

/**
 * The clauses that are in force at some instant within their own days of notice before the version begins, also those of a contract that
 * the partner had before: leaving and coming back is no way past the notice either.
 */
function termsBefore<Terms extends { readonly noticeDays: number }>(
  { coalition, partner, contract, version }: Candidate,
  read: (clauses: readonly Clause[]) => readonly Terms[],
): Before<Terms>[] {
  const begins = version.effectiveFrom;
  return coalition.contracts
    .filter(({ partnerId }) => partnerId === partner.id)
    .flatMap((one) => one.versions.map((before) => ({ one, before, end: burnsUntil(one, before) })))
    .flatMap(({ one, before, end }) => {
      const isItself = one.id === contract?.id && before.number === version.number;
      if (before.operatorSignedAt === undefined || isItself || before.effectiveFrom >= begins) return [];
      const stood = read(before.clauses).map((terms) => ({ terms, version: before }));
      if (end === undefined) return stood;
      if (end <= before.effectiveFrom) return [];
      return stood.filter(({ terms: { noticeDays } }) => end > plusDays(begins, -noticeDays, coalition.program.timeZone));
    });
}

function exchangesOf(clauses: readonly Clause[]): readonly ClauseOf<'exchange'>[] {
  return clausesOf(clauses, 'exchange');
}

function acceptancesOf(clauses: readonly Clause[]): readonly ClauseOf<'acceptance'>[] {
  return clausesOf(clauses, 'acceptance');
}
