import type { Coalition } from '../../partners/coalition.ts';
import type { ClauseOf } from '../../partners/contracts/clause.ts';
import { type Contract, lastClausesBy } from '../../partners/contracts/contract.rules.ts';
import type { PointCurrency } from '../../partners/currencies/point-currency.ts';

/** A contract that ends, with its timeline and the termination clause by which it does: domain 3.5. */
export interface Ending {
  readonly contract: Contract;
  readonly terms: ClauseOf<'termination'>;
  readonly earnEnd: Date;
  readonly burnEnd: Date;
  readonly tailEnd: Date;
}

/** How a contract ends; undefined while no end is set, or where no termination clause says anything about it. */
export function endingOf(contract: Contract): Ending | undefined {
  const { earnEnd, burnEnd, tailEnd } = contract;
  if (earnEnd === undefined || burnEnd === undefined || tailEnd === undefined) return undefined;
  const [terms] = lastClausesBy(contract, 'termination', contract.noticeGivenAt ?? earnEnd);
  return terms && { contract, terms, earnEnd, burnEnd, tailEnd };
}

/** What becomes of a leaving partner's points, and from when. */
export type Outstanding =
  | { readonly policy: 'HONOUR' | 'BUY_BACK' | 'EXPIRE'; readonly dueAt: Date }
  | { readonly policy: 'CONVERT'; readonly dueAt: Date; readonly to: PointCurrency };

/** Where the law does not allow points to expire, and where the currency to convert into is unknown, they are honoured. */
export function outstandingOf(coalition: Coalition, { terms, burnEnd, tailEnd }: Ending): Outstanding {
  const { outstandingPolicy: policy, convertTo, expiryAllowed } = terms;
  if (policy === 'BUY_BACK' || (policy === 'EXPIRE' && expiryAllowed)) return { policy, dueAt: burnEnd };
  const to = convertTo === undefined ? undefined : coalition.currencyOf(convertTo);
  return policy === 'CONVERT' && to !== undefined ? { policy, dueAt: tailEnd, to } : { policy: 'HONOUR', dueAt: burnEnd };
}

/** A partner that has a newer contract is with the coalition again: the older one no longer decides about its points. */
export function isLatest(coalition: Coalition, contract: Contract, now: Date): boolean {
  return coalition.contractAt(contract.partnerId, now)?.id === contract.id;
}

/** Whether a partner's deposit, if it has paid one, is there for its unfunded points: from the end of earning. */
export function hasDeposit(coalition: Coalition, partnerId: string, now: Date): boolean {
  const contract = coalition.contractAt(partnerId, now);
  const ending = contract && endingOf(contract);
  return ending !== undefined && ending.terms.depositBps > 0 && ending.earnEnd <= now;
}
