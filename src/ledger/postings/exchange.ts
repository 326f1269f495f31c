import { exchanged, operatorMoney, partnerMoney, pool, wallet } from '../account.ts';
import type { OpenedLot, Posting } from '../posting.ts';
import type { BurnedLot } from './redemption.ts';

export interface ExchangeFacts {
  readonly reference: string;
  readonly memberId: string;
  readonly partnerId: string | undefined;
  readonly fromCurrencyNo: number;
  readonly toCurrencyNo: number;
  readonly occurredAt: Date;
}

/**
 * Points of one currency become points of another in one posting. Their value moves between the two pools;
 * the spread is posted whole to the operator and split once, when the cycle closes.
 */
export function exchangeCompleted(
  facts: ExchangeFacts,
  debited: readonly Omit<BurnedLot, 'reimbursementMicros'>[],
  credited: OpenedLot,
): Posting {
  const points = debited.reduce((total, lot) => total + lot.points, 0n);
  const valueOut = debited.reduce((total, lot) => total + lot.points * lot.redemptionMicros, 0n);
  const valueIn = credited.points * credited.redemptionMicros;
  return {
    code: 'exchange.completed',
    reference: facts.reference,
    partner: facts.partnerId,
    occurredAt: facts.occurredAt,
    entries: [
      // Source currency
      { account: wallet(facts.memberId, facts.fromCurrencyNo), available: -points },
      { account: exchanged(facts.fromCurrencyNo), available: points },
      // Target currency
      { account: wallet(facts.memberId, facts.toCurrencyNo), available: credited.points },
      { account: exchanged(facts.toCurrencyNo), available: -credited.points },
      // Money
      ...debited.flatMap((lot) => [
        { account: partnerMoney(lot.issuer), available: -lot.points * (lot.redemptionMicros - lot.fundedMicros) },
        { account: pool(facts.fromCurrencyNo), available: -lot.points * lot.fundedMicros },
      ]),
      { account: pool(facts.toCurrencyNo), available: valueIn },
      { account: operatorMoney, available: valueOut - valueIn },
    ],
    uses: debited.map((lot) => ({ lotId: lot.lotId, available: -lot.points, held: 0n })),
    opens: [credited],
  };
}
