import { isWithin } from '../../partners/contracts/clauses/joint-promotion/funded-shares.rules.ts';
import { promotionId } from '../../partners/contracts/clauses/joint-promotion/joint-promotion.rules.ts';
import { type Position, positionMicros } from '../exposure/exposure.rules.ts';
import type { Accrual } from './accrual.ts';

/** The position of each accrual's partner right after it, in the order of the accruals: from the last one, which left all as it is now, backwards. */
export function positionsAfter(accruals: readonly Accrual[], now: ReadonlyMap<string, Position>): bigint[] {
  const positions = new Map(now);
  const after: bigint[] = [];
  for (const accrual of [...accruals].reverse()) {
    const position = positions.get(accrual.partnerId);
    if (position === undefined) throw new Error(`the position of partner ${accrual.partnerId} was not read`);
    after.push(positionMicros(position));
    const cost = accrual.points * (accrual.fundedMicros + accrual.serviceMicros);
    if (accrual.charge === 'PARTNER') positions.set(accrual.partnerId, { ...position, ownMicros: position.ownMicros + cost });
    // Whoever of these partners pays for the promotion stood better before it.
    if (accrual.charge === 'JOINT' && accrual.promotion !== undefined)
      for (const [id, one] of positions) positions.set(id, withoutGift(one, accrual, promotionId(accrual.promotion), cost));
  }
  return after.reverse();
}

function withoutGift(position: Position, { occurredAt }: Accrual, id: string, cost: bigint): Position {
  return {
    ...position,
    promotions: position.promotions.map((one) =>
      one.promotionId === id && isWithin(one, occurredAt) ? { ...one, owedMicros: one.owedMicros - cost } : one,
    ),
  };
}
