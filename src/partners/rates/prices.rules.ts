import type { Coalition } from '../coalition.ts';
import type { ClauseOf } from '../contracts/clause.ts';
import { type Contract, contractSpeaking, lastClausesBy } from '../contracts/contract.rules.ts';
import type { PointCurrency } from '../currencies/point-currency.ts';

/** What a point of a currency costs and is worth at an instant, and in whose contract that stands. */
export interface CurrencyPrice {
  readonly contract: Contract;
  readonly terms: ClauseOf<'issuance'>;
}

/** Where prices stand: the coalition as it is, or as it would be with other contracts. */
export type PriceBook = Pick<Coalition, 'partners' | 'contracts'>;

/**
 * The price of a currency at an instant: by the contract of the partner whose currency it is; of a currency of the coalition, by that of
 * the first partner, in the order of codes, that may issue it. Undefined while nobody has agreed to one. It outlives the contract.
 */
export function priceOf(book: PriceBook, currency: Pick<PointCurrency, 'code' | 'issuerId'>, at: Date): CurrencyPrice | undefined {
  const issuers = currency.issuerId === undefined ? book.partners.map(({ id }) => id) : [currency.issuerId];
  for (const issuer of issuers) {
    const contract = contractSpeaking(book.contracts, issuer, at);
    const terms = lastClausesBy(contract, 'issuance', at).find((clause) => clause.currency === currency.code);
    if (contract !== undefined && terms !== undefined) return { contract, terms };
  }
  return undefined;
}
