import { expired, operatorMoney, partnerMoney, pool, wallet } from '../account.ts';
import type { Allocation } from '../lots.rules.ts';
import type { Posting } from '../posting.ts';

export interface ExpiryFacts {
  readonly reference: string;
  readonly memberId: string;
  readonly currencyNo: number;
  readonly occurredAt: Date;
}

/** Points of a lot that run out. */
export interface ExpiredLot extends Allocation {
  /** Whether the issuer pays now what it had not funded of them. */
  readonly chargesIssuer: boolean;
}

/**
 * Points run out. What had been paid into the pool for them, and what their issuer is charged now, is breakage:
 * posted whole to the operator, split once, when the cycle closes.
 */
export function lotsExpired(facts: ExpiryFacts, taken: readonly ExpiredLot[]): Posting {
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
      ...taken
        .filter(({ chargesIssuer }) => chargesIssuer)
        .flatMap(({ lot, points: part }) => {
          const unfunded = part * (lot.redemptionMicros - lot.fundedMicros);
          return [
            { account: partnerMoney(lot.issuer), available: -unfunded },
            { account: operatorMoney, available: unfunded },
          ];
        }),
    ],
    uses: taken.map(({ lot, points: part }) => ({ lotId: lot.id, available: -part, held: 0n })),
  };
}
