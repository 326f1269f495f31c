import { microsOfMinor } from '../../kernel/money.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { CycleFacts } from './cycle-facts.ts';
import type { CycleLine } from './cycle-line.ts';
import { makeLine, negated } from './make-line.rules.ts';
import { given } from './workings.rules.ts';

/** ADJUSTMENT and CARRIED_FORWARD: what earlier cycles bring into this one. */
export function broughtInLines({ adjustments, carried }: CycleFacts, coalition: Coalition): CycleLine[] {
  const { settlementCurrency } = coalition.program;
  const shareOf = (minor: bigint) => ({ micros: microsOfMinor(minor, settlementCurrency), minor });
  return [
    ...adjustments.map(({ id, partnerId, counterpartyId, minor, description }) => {
      const share = shareOf(minor);
      const parties = new Map([[coalition.partnerById(partnerId).code, share]]);
      if (counterpartyId !== null) parties.set(coalition.partnerById(counterpartyId).code, negated(share));
      return makeLine({ type: 'ADJUSTMENT', key: id, description, workings: given }, parties);
    }),
    ...carried.map(({ partnerId, fromCycleNo, minor }) => {
      const { code } = coalition.partnerById(partnerId);
      const description = `Carried forward from cycle ${fromCycleNo}`;
      return makeLine({ type: 'CARRIED_FORWARD', key: code, description, workings: given }, new Map([[code, shareOf(minor)]]));
    }),
  ];
}
