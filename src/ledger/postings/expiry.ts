import { expired, operatorMoney, partnerMoney, pool, wallet } from '../account.ts';
import type { Allocation } from '../lots.rules.ts';
import type { Posting } from '../posting.ts';

export interface ExpiryFacts {
  readonly reference: string;
  readonly memberId: string;
  readonly currencyNo: number;
  readonly occurredAt: Date;
  /** The partner whose points they are: what they leave over is divided by its contract. */
  readonly issuerId?: string | undefined;
}

/** Points of a lot that run out. */
export interface ExpiredLot extends Allocation {
  /** What the issuer pays now for each point, of what it had not funded: micros. */
  readonly chargedMicros: bigint;
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
    partner: facts.issuerId,
    occurredAt: facts.occurredAt,
    entries: [
      { account: wallet(facts.memberId, facts.currencyNo), available: -points },
      { account: expired(facts.currencyNo), available: points },
      { account: pool(facts.currencyNo), available: -funded },
      { account: operatorMoney, available: funded },
      ...taken
        .filter(({ chargedMicros }) => chargedMicros !== 0n)
        .flatMap(({ lot, points: part, chargedMicros }) => [
          { account: partnerMoney(lot.issuer), available: -part * chargedMicros },
          { account: operatorMoney, available: part * chargedMicros },
        ]),
    ],
    uses: taken.map(({ lot, points: part }) => ({ lotId: lot.id, available: -part, held: 0n })),
  };
}
