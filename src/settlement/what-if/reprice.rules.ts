import type { Coalition } from '../../partners/coalition.ts';
import type { CycleFacts, MemberValue, Movement } from '../lines/cycle-facts.ts';
import type { BurnedPoints, Cuts, IssuedPoints, LeftPoints } from './priced-points.queries.ts';
import type { ExchangedPoints, SpentPoints } from './spent-points.queries.ts';
import { expiryChargeChange, priceChange, reimbursementChange } from './unit-prices.rules.ts';

/** The coalition as it was and as it would have been, and where what it agrees on may have changed. */
export interface Terms {
  readonly actual: Coalition;
  readonly simulated: Coalition;
  readonly cuts: Cuts;
}

/** What a partner's points did in a cycle, and what was burned at it. */
export interface PointsMoved {
  readonly issued: readonly IssuedPoints[];
  readonly burned: readonly BurnedPoints[];
  readonly spent: readonly SpentPoints[];
  readonly exchanged: readonly ExchangedPoints[];
}

type Differences = Pick<CycleFacts, 'movements' | 'memberValues' | 'issuerValues'>;

/** The facts of a cycle at other prices: what was posted, and by how much each posting would have differed. Quantities are what they were. */
export function repriced(facts: CycleFacts, partnerId: string, moves: PointsMoved, terms: Terms): CycleFacts {
  const differences = [
    ...moves.issued.map((part) => ofIssued(partnerId, part, terms)),
    ...moves.burned.map((part) => ofBurned(part, terms)),
    ...moves.spent.map((part) => ofSpent(partnerId, part, terms)),
    ...moves.exchanged.map((part) => ofExchanged(partnerId, part, terms)),
  ];
  return {
    ...facts,
    movements: [...facts.movements, ...differences.flatMap(({ movements }) => movements)],
    memberValues: [...facts.memberValues, ...differences.flatMap(({ memberValues }) => memberValues)],
    issuerValues: [...facts.issuerValues, ...differences.flatMap(({ issuerValues }) => issuerValues)],
  };
}

/** Points that were earned: their partner pays the funded part and the service element, which is the operator's; the funders of a promotion pay them whole. */
function ofIssued(partnerId: string, part: IssuedPoints, terms: Terms): Differences {
  const { currencyNo, homePartnerId, promotionId, points } = part;
  const change = priceChange(terms.actual, terms.simulated, partnerId, codeOf(terms, currencyNo), beginOf(terms, part.stretch));
  const operators = points * change.service;
  const operator = moved({ kind: 'OPERATOR', partnerId, code: 'accrual.confirmed', currencyNo, amount: operators });
  if (promotionId !== null) {
    const of = { owner: promotionId, partnerId, topic: currencyNo, currencyNo, operatorAmount: operators };
    const joint = moved({ kind: 'JOINT', code: 'accrual.confirmed', amount: -points * (change.redemption + change.service), ...of });
    return { movements: [joint, operator], memberValues: [], issuerValues: [] };
  }
  const charged = -points * (change.funded + change.service);
  return {
    movements: [moved({ kind: 'PARTNER', owner: partnerId, code: 'accrual.confirmed', currencyNo, amount: charged }), operator],
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
  const unfunded = redemption - fundedChange(issuerId, part, currency, terms);
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

/** Points that were exchanged leave their worth as spread, and their issuer pays what it had not funded; of those that expired, what was paid is breakage. */
function ofSpent(partnerId: string, part: SpentPoints, terms: Terms): Differences {
  const { currencyNo, toNo, homePartnerId, points, fundedMicros } = part;
  const currency = codeOf(terms, currencyNo);
  const at = beginOf(terms, part.stretch);
  const paid = fundedChange(partnerId, part, currency, terms);
  const charge = (micros: bigint, code: Movement['code']) =>
    moved({ kind: 'PARTNER', owner: partnerId, code, currencyNo, amount: -points * micros });
  if (toNo === null) {
    const place = { issuerId: partnerId, currency, at };
    const charged = expiryChargeChange(terms.actual, terms.simulated, place, { was: fundedMicros, is: fundedMicros + paid });
    return {
      movements: [
        charge(charged, 'lot.expired'),
        moved({ kind: 'OPERATOR', partnerId, code: 'lot.expired', currencyNo, amount: points * (charged + paid) }),
      ],
      memberValues: [memberValue(partnerId, false, homePartnerId, -points * charged)],
      issuerValues: [],
    };
  }
  const { redemption } = priceChange(terms.actual, terms.simulated, partnerId, currency, at);
  return {
    movements: [charge(redemption - paid, 'exchange.completed'), ofSpread(terms, currencyNo, toNo, points * redemption)],
    memberValues: [memberValue(partnerId, false, homePartnerId, -points * (redemption - paid))],
    issuerValues: [],
  };
}

/** What exchanges gave of a partner's points is worth more or less, and so are their fees in its points; the spread has the rest. */
function ofExchanged(partnerId: string, { currencyNo, toNo, stretch, credited, fee }: ExchangedPoints, terms: Terms): Differences {
  const change = (no: number) => {
    const { issuerId, code } = terms.actual.currencyNo(no);
    if (issuerId !== partnerId) return 0n;
    return priceChange(terms.actual, terms.simulated, partnerId, code, beginOf(terms, stretch)).redemption;
  };
  const kept = fee * change(currencyNo);
  return {
    movements: [
      moved({ kind: 'OPERATOR', topic: currencyNo, code: 'exchange.completed', amount: kept }),
      ofSpread(terms, currencyNo, toNo, -credited * change(toNo) - kept),
    ],
    memberValues: [],
    issuerValues: [],
  };
}

function ofSpread({ actual }: Terms, fromNo: number, toNo: number, amount: bigint): Movement {
  return moved({ kind: 'SPREAD', owner: actual.currencyNo(toNo).id, topic: fromNo, code: 'exchange.completed', amount });
}

/** By how much more had been paid for a point when it was earned: nothing when that was before the cycle. */
function fundedChange(issuerId: string, { earnedIn, isCharged }: LeftPoints, currency: string, terms: Terms): bigint {
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
