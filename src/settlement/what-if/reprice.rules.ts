import type { Coalition } from '../../partners/coalition.ts';
import type { CycleFacts, MemberValue, Movement } from '../lines/cycle-facts.ts';
import type { BurnedPoints, Cuts, IssuedPoints } from './priced-points.queries.ts';
import { priceChange, reimbursementChange } from './unit-prices.rules.ts';

/** The coalition as it was and as it would have been, and where what it agrees on may have changed. */
export interface Terms {
  readonly actual: Coalition;
  readonly simulated: Coalition;
  readonly cuts: Cuts;
}

type Differences = Pick<CycleFacts, 'movements' | 'memberValues' | 'issuerValues'>;

/** The facts of a cycle at other prices: what was posted, and by how much each posting would have differed. Quantities are what they were. */
export function repriced(
  facts: CycleFacts,
  partnerId: string,
  issued: readonly IssuedPoints[],
  burned: readonly BurnedPoints[],
  terms: Terms,
): CycleFacts {
  const differences = [...issued.map((part) => ofIssued(partnerId, part, terms)), ...burned.map((part) => ofBurned(part, terms))];
  return {
    ...facts,
    movements: [...facts.movements, ...differences.flatMap(({ movements }) => movements)],
    memberValues: [...facts.memberValues, ...differences.flatMap(({ memberValues }) => memberValues)],
    issuerValues: [...facts.issuerValues, ...differences.flatMap(({ issuerValues }) => issuerValues)],
  };
}

/** Points that were issued: their partner pays the funded part and the service element, which is the operator's. */
function ofIssued(partnerId: string, { currencyNo, homePartnerId, stretch, points }: IssuedPoints, terms: Terms): Differences {
  const { funded, service } = priceChange(terms.actual, terms.simulated, partnerId, codeOf(terms, currencyNo), beginOf(terms, stretch));
  const charged = -points * (funded + service);
  return {
    movements: [
      moved({ kind: 'PARTNER', owner: partnerId, code: 'accrual.confirmed', currencyNo, amount: charged }),
      moved({ kind: 'OPERATOR', partnerId, code: 'accrual.confirmed', currencyNo, amount: points * service }),
    ],
    memberValues: [memberValue(partnerId, false, homePartnerId, charged)],
    issuerValues: [],
  };
}

/** Points that were burned: the acceptor is reimbursed, the operator bears the difference to the redemption element, and the issuer pays what it had not funded of it. */
function ofBurned(part: BurnedPoints, terms: Terms): Differences {
  const { issuerId, acceptorId, currencyNo, homePartnerId, points } = part;
  const currency = codeOf(terms, currencyNo);
  const at = beginOf(terms, part.stretch);
  const { redemption } = priceChange(terms.actual, terms.simulated, issuerId, currency, at);
  const rate = reimbursementChange(terms.actual, terms.simulated, { acceptorId, issuerId, currency, at });
  const unfunded = redemption - fundedChange(part, currency, terms);
  const reimbursed = points * rate;
  const funded = -points * unfunded;
  return {
    movements: [
      moved({ kind: 'PARTNER', owner: acceptorId, code: 'redemption.captured', amount: reimbursed }),
      moved({ kind: 'OPERATOR', partnerId: acceptorId, code: 'redemption.captured', amount: points * (redemption - rate) }),
      moved({ kind: 'PARTNER', owner: issuerId, code: 'redemption.funded', currencyNo, amount: funded }),
    ],
    memberValues: [memberValue(acceptorId, true, homePartnerId, reimbursed), memberValue(issuerId, false, homePartnerId, funded)],
    issuerValues: [{ partnerId: acceptorId, issuerId, micros: reimbursed }],
  };
}

/** By how much more had been paid for a point when it was earned: nothing when that was before the cycle. */
function fundedChange({ issuerId, earnedIn, isCharged }: BurnedPoints, currency: string, terms: Terms): bigint {
  if (earnedIn === 0) return 0n;
  const { funded, redemption } = priceChange(terms.actual, terms.simulated, issuerId, currency, beginOf(terms, earnedIn));
  return isCharged ? funded : redemption;
}

function beginOf({ cuts }: Terms, stretch: number): Date {
  const begin = cuts[stretch - 1];
  if (begin === undefined) throw new Error(`a cycle has no stretch ${stretch}`);
  return begin;
}

const codeOf = ({ actual }: Terms, no: number): string => actual.currencyNo(no).code;

function moved(what: Pick<Movement, 'kind' | 'code' | 'amount'> & Partial<Movement>): Movement {
  return { owner: null, unit: 0, topic: null, partnerId: null, currencyNo: null, operatorAmount: 0n, postings: 0n, ...what };
}

function memberValue(partnerId: string, reimbursed: boolean, homePartnerId: string | null, micros: bigint): MemberValue {
  return { partnerId, reimbursed, homePartnerId, micros };
}
