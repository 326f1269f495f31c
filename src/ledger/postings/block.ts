import { partnerMoney, prepaid } from '../account.ts';
import type { Floor, Posting } from '../posting.ts';

/** A partner pays for points before it issues them: the money waits until they are issued. */
export function blockPurchased(
  facts: { readonly reference: string; readonly partnerId: string; readonly currencyNo: number; readonly occurredAt: Date },
  costMicros: bigint,
  floors: readonly Floor[],
): Posting {
  return {
    code: 'block.purchased',
    reference: facts.reference,
    partner: facts.partnerId,
    occurredAt: facts.occurredAt,
    entries: [
      { account: partnerMoney(facts.partnerId), available: -costMicros },
      { account: prepaid(facts.partnerId, facts.currencyNo), available: costMicros },
    ],
    floors,
  };
}
