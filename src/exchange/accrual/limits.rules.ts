import { microsOfMinor } from '../../kernel/money.ts';
import { type Refusal, refused } from '../../kernel/refusal.ts';
import { issuance, partnerMoney } from '../../ledger/account.ts';
import type { Floor } from '../../ledger/posting.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { ClauseOf } from '../../partners/contracts/clause.ts';
import { lastClausesBy } from '../../partners/contracts/contract.rules.ts';
import { creditLimitMinor } from '../exposure/exposure.rules.ts';

/** Micros that one partner may owe, and points of a currency that it may have issued: the sums over many partners still fit the book and the API. */
const MOST_MICROS = 10n ** 17n;
const MOST_POINTS = 10n ** 14n;

/** What is refused when a floor would be passed, by the name of the floor. */
export const FLOOR_REFUSALS: Readonly<Record<string, () => { readonly refused: Refusal }>> = {
  cap_per_cycle: () => refused('CAP_EXCEEDED', 'The contract caps the points that this partner issues in a clearing cycle.'),
  credit_limit: () => refused('CREDIT_LIMIT', 'The exposure of the partner would pass its credit limit: settle, or raise the limit.'),
  book_limit: () => refused('CAP_EXCEEDED', 'The book cannot hold more points or money of one partner.'),
};

/**
 * The issuance clause that limits what a partner earns of a currency now. Prices follow the purchase, `terms`; limits hold whenever it
 * was. Where today's version has no clause for the currency any more, those of the purchase's day go on.
 */
export function limitingClause(coalition: Coalition, partnerId: string, terms: ClauseOf<'issuance'>, now: Date): ClauseOf<'issuance'> {
  const today = lastClausesBy(coalition.contractOf(partnerId), 'issuance', now);
  return today.find(({ currency }) => currency === terms.currency) ?? terms;
}

/** How low an accrual may bring its partner's accounts: the cap of the cycle, the credit limit, what the book can hold. `opening` is the issuance account's balance when the cycle began. */
export function floorsOf(
  coalition: Coalition,
  partnerId: string,
  terms: ClauseOf<'issuance'>,
  currencyNo: number,
  now: Date,
  opening: bigint,
): Floor[] {
  const { capPerCycle: cap, creditLimit } = limitingClause(coalition, partnerId, terms, now);
  const limitMinor = creditLimitMinor(coalition.contractOf(partnerId), now) ?? creditLimit?.minor;
  const limit = limitMinor === undefined ? undefined : microsOfMinor(limitMinor, coalition.program.settlementCurrency);
  return [
    { account: issuance(partnerId, currencyNo), ...tighter(-MOST_POINTS, cap === undefined ? undefined : opening - cap, 'cap_per_cycle') },
    { account: partnerMoney(partnerId), ...tighter(-MOST_MICROS, limit === undefined ? undefined : -limit, 'credit_limit') },
  ];
}

function tighter(least: bigint, floor: bigint | undefined, name: string): Pick<Floor, 'floor' | 'name'> {
  return floor === undefined || floor < least ? { floor: least, name: 'book_limit' } : { floor, name };
}
