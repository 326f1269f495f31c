import { expired, operatorMoney, pool, wallet } from '../account.ts';
import type { Allocation } from '../lots.rules.ts';
import type { Posting } from '../posting.ts';

export interface ExpiryFacts {
  readonly reference: string;
  readonly memberId: string;
  readonly currencyNo: number;
  readonly occurredAt: Date;
}

/** Points run out. What had been paid into the pool for them is breakage: posted whole to the operator, split once, when the cycle closes. */
export function lotsExpired(facts: ExpiryFacts, taken: readonly Allocation[]): Posting {
  const points = taken.reduce((total, part) => total + part.points, 0n);
  const funded = taken.reduce((total, part) => total + part.points * part.lot.fundedMicros, 0n);
  return {
    code: 'lot.expired',
    reference: facts.reference,
    partner: undefined,
    occurredAt: facts.occurredAt,
    entries: [
      { account: wallet(facts.memberId, facts.currencyNo), available: -points },
      { account: expired(facts.currencyNo), available: points },
      { account: pool(facts.currencyNo), available: -funded },
      { account: operatorMoney, available: funded },
    ],
    uses: taken.map(({ lot, points: part }) => ({ lotId: lot.id, available: -part, held: 0n })),
  };
}
