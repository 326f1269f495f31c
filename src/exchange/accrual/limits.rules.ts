import { microsOfMinor } from '../../kernel/money.ts';
import { type Refusal, refused } from '../../kernel/refusal.ts';
import { issuance, jointPoints, partnerMoney } from '../../ledger/account.ts';
import type { Floor } from '../../ledger/posting.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { ClauseOf } from '../../partners/contracts/clause.ts';
import { promotionId } from '../../partners/contracts/clauses/joint-promotion/joint-promotion.rules.ts';
import { lastClausesBy } from '../../partners/contracts/contract.rules.ts';
import { creditLimitMinor } from '../exposure/exposure.rules.ts';

/** Micros that one partner or promotion may owe, and points of a currency that it may have given: the sums over many still fit the book and the API. */
export const MOST_MICROS = 10n ** 17n;
export const MOST_POINTS = 10n ** 14n;

/** What is refused when a floor would be passed, by the name of the floor. */
export const FLOOR_REFUSALS: Readonly<Record<string, () => { readonly refused: Refusal }>> = {
  cap_per_cycle: () => refused('CAP_EXCEEDED', 'The contract caps the points that this partner issues in a clearing cycle.'),
  promotion_budget: () =>
    refused('CAP_EXCEEDED', 'The joint promotion would give more points than its funders agreed to.', { field: ['promotion'] }),
  credit_limit: () => refused('CREDIT_LIMIT', 'The exposure of the partner would pass its credit limit: settle, or raise the limit.'),
  funder_credit_limit: () => refused('CREDIT_LIMIT', 'The exposure of a funder of the promotion would pass its credit limit.'),
  book_limit: () => refused('CAP_EXCEEDED', 'The book cannot hold more points or money of one partner or promotion.'),
};

/**
 * The issuance clause that limits what a partner earns of a currency now. Prices follow the purchase, `terms`; limits hold whenever it
 * was. Where today's version has no clause for the currency any more, those of the purchase's day go on.
 */
export function limitingClause(coalition: Coalition, partnerId: string, terms: ClauseOf<'issuance'>, now: Date): ClauseOf<'issuance'> {
  const today = lastClausesBy(coalition.contractAt(partnerId, now), 'issuance', now);
  return today.find(({ currency }) => currency === terms.currency) ?? terms;
}

/** How many micros a partner may owe now; undefined when nothing limits it. Terms of the purchase's day count where today's have no limit. */
export function creditLimitMicros(coalition: Coalition, partnerId: string, now: Date, terms?: ClauseOf<'issuance'>): bigint | undefined {
  const past = terms === undefined ? undefined : limitingClause(coalition, partnerId, terms, now).creditLimit?.minor;
  const minor = creditLimitMinor(coalition.contractAt(partnerId, now), now) ?? past;
  return minor === undefined ? undefined : microsOfMinor(minor, coalition.program.settlementCurrency);
}

/** How low an accrual may bring the points its partner has issued: the cap of the cycle, what the book can hold. `opening` is the account's balance when the cycle began. */
export function issuanceFloor(
  coalition: Coalition,
  partnerId: string,
  terms: ClauseOf<'issuance'>,
  currencyNo: number,
  now: Date,
  opening: bigint,
): Floor {
  const { capPerCycle: cap } = limitingClause(coalition, partnerId, terms, now);
  return {
    account: issuance(partnerId, currencyNo),
    ...tighter(-MOST_POINTS, cap === undefined ? undefined : opening - cap, 'cap_per_cycle'),
  };
}

/** How low an accrual may bring its partner's money: the credit limit, what the book can hold. */
export function creditFloor(coalition: Coalition, partnerId: string, terms: ClauseOf<'issuance'>, now: Date): Floor {
  const limit = creditLimitMicros(coalition, partnerId, now, terms);
  return { account: partnerMoney(partnerId), ...tighter(-MOST_MICROS, limit === undefined ? undefined : -limit, 'credit_limit') };
}

/** How low an accrual may bring the points that a promotion has given: its budget, what the book can hold. */
export function budgetFloor({ promotion, budgetPoints }: ClauseOf<'jointPromotion'>, currencyNo: number): Floor {
  return {
    account: jointPoints(promotionId(promotion), currencyNo),
    ...tighter(-MOST_POINTS, budgetPoints === undefined ? undefined : -budgetPoints, 'promotion_budget'),
  };
}

function tighter(least: bigint, floor: bigint | undefined, name: string): Pick<Floor, 'floor' | 'name'> {
  return floor === undefined || floor < least ? { floor: least, name: 'book_limit' } : { floor, name };
}
