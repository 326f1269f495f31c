import { type Contract, contractSpeaking, lastClausesBy } from '../contracts/contract.rules.ts';
import { versionFor } from '../contracts/grants.rules.ts';
import type { PointCurrency } from '../currencies/point-currency.ts';
import { type PriceBook, priceOf } from './prices.rules.ts';

/**
 * The contract that lets points of one currency be exchanged for another: that of the partner whose currency it is; for a currency of the
 * coalition, the first, in the order of partner codes, that says so and under which points can be burned: nobody who leaves or is suspended
 * takes it from the others. Where there is none, the first that says so; where nobody does, the one that sets the price.
 */
export function offererOf(book: PriceBook, from: Pick<PointCurrency, 'code' | 'issuerId'>, to: string, at: Date): Contract | undefined {
  const pricing = priceOf(book, from, at)?.contract;
  if (from.issuerId !== undefined) return pricing;
  const offering = book.partners
    .map(({ id }) => contractSpeaking(book.contracts, id, at))
    .filter((contract) => lastClausesBy(contract, 'exchange', at).some((clause) => clause.from === from.code && clause.to === to));
  return offering.find((contract) => 'done' in versionFor(contract, 'BURN', at)) ?? offering[0] ?? pricing;
}
