import { type Amount, microsOfMinor } from '../../../kernel/money.ts';
import type { ClauseFacts, Problem } from './clause-definition.ts';
import type { PartnerWeight } from './parameters.ts';

const WHOLE_BPS = 10_000;

export function problemIf(wrong: boolean, path: string, message: string): Problem[] {
  return wrong ? [{ path, message }] : [];
}

/** Point currencies that do not exist. */
export function unknownCurrencies(facts: ClauseFacts, path: string, codes: readonly string[]): Problem[] {
  return codes.filter((code) => !facts.isPointCurrency(code)).map((code) => ({ path, message: `There is no point currency ${code}.` }));
}

/** Partners that do not exist. */
export function unknownPartners(facts: ClauseFacts, path: string, codes: readonly string[]): Problem[] {
  return codes.filter((code) => !facts.isPartner(code)).map((code) => ({ path, message: `There is no partner ${code}.` }));
}

/** Partners of a weighted list that do not exist or are named twice. */
export function badWeights(facts: ClauseFacts, path: string, weights: readonly PartnerWeight[]): Problem[] {
  const partners = weights.map(({ partner }) => partner);
  return [
    ...unknownPartners(facts, path, partners),
    ...problemIf(new Set(partners).size < partners.length, path, 'A partner is named once.'),
  ];
}

/** Money in another currency than the program settles in. */
export function foreignMoney(facts: ClauseFacts, path: string, amount: Amount | undefined): Problem[] {
  return problemIf(
    amount !== undefined && amount.currency !== facts.settlementCurrency,
    path,
    `Money is in the settlement currency, ${facts.settlementCurrency}.`,
  );
}

/** So many micros are owed by one clause for one cycle at most: the book adds up tens of them without overflowing. */
const MOST_MICROS = 10n ** 17n;

/** More than one clause may make somebody owe for a cycle: a cycle whose lines the book cannot hold would never close. */
export function tooMuchOwed(path: string, micros: bigint): Problem[] {
  return problemIf(micros > MOST_MICROS, path, `At most ${MOST_MICROS} micros are owed for a cycle, not ${micros}.`);
}

/** Money that is owed for a cycle, in another currency than the program settles in, or too much of it. */
export function badMoneyOwed(facts: ClauseFacts, path: string, amount: Amount | undefined): Problem[] {
  const foreign = foreignMoney(facts, path, amount);
  return foreign.length > 0 || amount === undefined ? foreign : tooMuchOwed(path, microsOfMinor(amount.minor, amount.currency));
}

/** Shares that are not the whole. */
export function sharesNotWhole(path: string, shares: readonly number[]): Problem[] {
  const sum = shares.reduce((total, share) => total + share, 0);
  return problemIf(sum !== WHOLE_BPS, path, `The shares sum to ${WHOLE_BPS} basis points, not ${sum}.`);
}
