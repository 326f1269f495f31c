import { exchanged, exchangeFees, pool, redeemed, spread, wallet } from '../account.ts';
import type { Entry, OpenedLot, Posting } from '../posting.ts';
import { type BurnedLot, burnedLegs, burnFunding } from './redemption.ts';

export interface ExchangeFacts {
  readonly reference: string;
  readonly memberId: string;
  readonly partnerId: string | undefined;
  readonly fromCurrencyNo: number;
  readonly toCurrencyNo: number;
  readonly toCurrencyId: string;
  readonly occurredAt: Date;
  /** What the fee in points is worth, in micros; it is the operator's. */
  readonly feeMicros: bigint;
}

/** Points of one lot that are exchanged away. */
export type ExchangedLot = Omit<BurnedLot, 'reimbursementMicros'>;

const worthOf = (debited: readonly ExchangedLot[]): bigint => debited.reduce((total, lot) => total + lot.points * lot.redemptionMicros, 0n);

const header = (facts: ExchangeFacts) => ({ reference: facts.reference, partner: facts.partnerId, occurredAt: facts.occurredAt });

/** What the member gives, lot by lot, and what becomes of its value: the new points, the fee, and the spread that is left. */
function exchangeLegs(facts: ExchangeFacts, debited: readonly ExchangedLot[], credited: OpenedLot): Entry[] {
  const points = debited.reduce((total, lot) => total + lot.points, 0n);
  const valueIn = credited.points * credited.redemptionMicros;
  return [
    { account: wallet(facts.memberId, facts.fromCurrencyNo), available: -points },
    { account: exchanged(facts.fromCurrencyNo), available: points },
    { account: wallet(facts.memberId, facts.toCurrencyNo), available: credited.points },
    { account: exchanged(facts.toCurrencyNo), available: -credited.points },
    // Money
    { account: pool(facts.fromCurrencyNo), available: -worthOf(debited) },
    { account: pool(facts.toCurrencyNo), available: valueIn },
    { account: exchangeFees(facts.fromCurrencyNo), available: facts.feeMicros },
    { account: spread(facts.fromCurrencyNo, facts.toCurrencyId), available: worthOf(debited) - valueIn - facts.feeMicros },
  ];
}

const usesOf = (debited: readonly ExchangedLot[]) => debited.map((lot) => ({ lotId: lot.lotId, available: -lot.points, held: 0n }));

/** Issuers pay into the pool what they had not funded of points that are exchanged away. */
const fundingOf = (facts: ExchangeFacts, debited: readonly ExchangedLot[]): Entry[] => burnFunding(facts.fromCurrencyNo, debited, 1n);

/**
 * Points of one currency become points of another in one posting. Their value moves between the two pools;
 * the spread is posted whole and divided once, when the cycle closes.
 */
export function exchangeCompleted(facts: ExchangeFacts, debited: readonly ExchangedLot[], credited: OpenedLot): Posting {
  return {
    code: 'exchange.completed',
    ...header(facts),
    entries: [...exchangeLegs(facts, debited, credited), ...fundingOf(facts, debited)],
    uses: usesOf(debited),
    opens: [credited],
  };
}

/**
 * Points of one currency pay at a partner that takes another: exchanged and burned in one posting, so that nobody ever sees what is
 * between. `credited` holds the exchanged points, `burned` those of them that pay; the rest stays in the wallet.
 */
export function exchangeRedeemed(
  facts: ExchangeFacts & { readonly partnerId: string },
  debited: readonly ExchangedLot[],
  credited: OpenedLot,
  burned: BurnedLot,
): Posting {
  const burn = { ...facts, currencyNo: facts.toCurrencyNo };
  return {
    code: 'exchange.redeemed',
    ...header(facts),
    entries: [
      ...exchangeLegs(facts, debited, credited),
      { account: wallet(facts.memberId, facts.toCurrencyNo), available: -burned.points },
      { account: redeemed(facts.partnerId, facts.toCurrencyNo), available: burned.points },
      ...burnedLegs(burn, [burned], 1n),
    ],
    uses: [...usesOf(debited), { lotId: burned.lotId, available: -burned.points, held: 0n }],
    opens: [credited],
  };
}

/** What issuers pay for unfunded points in such a payment: apart, so that what a partner pays as issuer and gets as acceptor stay two figures. */
export function exchangeFunded(facts: ExchangeFacts, debited: readonly ExchangedLot[]): Posting[] {
  const entries = fundingOf(facts, debited);
  return entries.length === 0 ? [] : [{ code: 'exchange.funded', ...header(facts), entries }];
}
