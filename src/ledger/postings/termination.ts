import { deposit, exchanged, expired, operatorMoney, partnerMoney, pool, wallet } from '../account.ts';
import type { Entry, LotUse, OpenedLot, Posting } from '../posting.ts';
import { type BurnedLot, burnFunding } from './redemption.ts';

/** The end of a contract; its postings belong to it. */
export interface EndingFacts {
  readonly contractId: string;
  readonly partnerId: string;
  readonly occurredAt: Date;
}

/** The wallet from which points of a partner are taken because its contract has ended. */
export interface EndedWallet {
  readonly memberId: string;
  readonly currencyNo: number;
}

/** Points of one lot that are taken, with the redemption element of the day. */
export type EndedLot = Omit<BurnedLot, 'reimbursementMicros'>;

const header = (facts: EndingFacts) => ({ reference: facts.contractId, partner: facts.partnerId, occurredAt: facts.occurredAt });

const sumOf = (lots: readonly { readonly points: bigint }[]): bigint => lots.reduce((total, lot) => total + lot.points, 0n);

/** What points are worth at their redemption elements, in micros. */
export const worthOf = (lots: readonly EndedLot[]): bigint => lots.reduce((total, lot) => total + lot.points * lot.redemptionMicros, 0n);

const usesOf = (lots: readonly EndedLot[]): LotUse[] => lots.map((lot) => ({ lotId: lot.lotId, available: -lot.points, held: 0n }));

/** Security for points that the partner funds only when they are burned. */
export function depositPaid(facts: EndingFacts, micros: bigint): Posting {
  return { code: 'deposit.paid', ...header(facts), entries: depositLegs(facts.partnerId, micros) };
}

/** What is left of the security goes back. */
export function depositReturned(facts: EndingFacts, micros: bigint): Posting {
  return { code: 'deposit.returned', ...header(facts), entries: depositLegs(facts.partnerId, -micros) };
}

/** Money that moves from a partner to its deposit; a negative amount moves back. */
function depositLegs(partnerId: string, micros: bigint): Entry[] {
  return [
    { account: partnerMoney(partnerId), available: -micros },
    { account: deposit(partnerId), available: micros },
  ];
}

/** A charge of the partner is met by its deposit. */
export function drawnFromDeposit(posting: Posting, partnerId: string, micros: bigint): Posting {
  return { ...posting, entries: [...posting.entries, ...depositLegs(partnerId, -micros)] };
}

/** What a refund gives back of funding goes into the deposit that had met the charge. */
export function paidBackToDeposit(posting: Posting, partnerId: string, micros: bigint): Posting {
  return { ...posting, entries: [...posting.entries, ...depositLegs(partnerId, micros)] };
}

/** Points are bought back at their redemption element: the pool and, for what was not funded, their issuer pay; the operator owes the vouchers. */
export function lotsBoughtBack(facts: EndingFacts, from: EndedWallet, lots: readonly EndedLot[]): Posting {
  const points = sumOf(lots);
  const worth = worthOf(lots);
  return {
    code: 'lot.bought_back',
    ...header(facts),
    entries: [
      { account: wallet(from.memberId, from.currencyNo), available: -points },
      { account: expired(from.currencyNo), available: points },
      { account: pool(from.currencyNo), available: -worth },
      { account: operatorMoney, available: worth },
      ...burnFunding(from.currencyNo, lots, 1n),
    ],
    uses: usesOf(lots),
  };
}

/** Points of a wallet become points of another currency at the mid rate. What the whole new points fall short of, less than one, is the operator's. */
export function lotsConverted(
  facts: EndingFacts,
  from: EndedWallet,
  toCurrencyNo: number,
  lots: readonly EndedLot[],
  opens: readonly OpenedLot[],
): Posting {
  const points = sumOf(lots);
  const credited = sumOf(opens);
  const worth = worthOf(lots);
  const valueIn = opens.reduce((total, lot) => total + lot.points * lot.redemptionMicros, 0n);
  return {
    code: 'lot.converted',
    ...header(facts),
    entries: [
      { account: wallet(from.memberId, from.currencyNo), available: -points },
      { account: exchanged(from.currencyNo), available: points },
      { account: wallet(from.memberId, toCurrencyNo), available: credited },
      { account: exchanged(toCurrencyNo), available: -credited },
      { account: pool(from.currencyNo), available: -worth },
      { account: pool(toCurrencyNo), available: valueIn },
      { account: operatorMoney, available: worth - valueIn },
      ...burnFunding(from.currencyNo, lots, 1n),
    ],
    uses: usesOf(lots),
    opens,
  };
}
