import type { Amount } from '../../kernel/money.ts';
import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { takeFromLots } from '../../ledger/lots.rules.ts';
import { readSpendableLots } from '../../ledger/lots.ts';
import type { Posting } from '../../ledger/posting.ts';
import { accrualReversed, type PricedPoints, pendingAccrualReversed } from '../../ledger/postings/accrual.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { redemptionElement } from '../redemption/redemption.rules.ts';
import { checkReturn, pointsToReverse } from './accrual.rules.ts';
import type { Accrual } from './accrual.ts';
import { type AccrualChange, changeAccrual, type LockedAccrual } from './change-accrual.ts';
import { factsOf, lotIdsOf, takeParts } from './charged-accrual.rules.ts';
import type { Accrued } from './store-accruals.ts';

export interface AccrualReversal extends AccrualChange {
  readonly returnedAmount: Amount | undefined;
  readonly points: bigint | undefined;
  /** The partner's name for the return. */
  readonly externalId: string | undefined;
}

/**
 * Takes points of an accrual back: from its own lot first, then from the member's other lots, within the available balance.
 * Held points are not touched. The partner gets back what it paid, at the prices of the accrual.
 */
export function reverseAccrual(tx: Tx, reversal: AccrualReversal): Promise<Outcome<Accrued>> {
  const decide: Parameters<typeof changeAccrual>[2] = async (locked, { coalition, now }) => {
    const { accrual, wallet } = locked;
    const returned = reversal.returnedAmount;
    if (accrual.status === 'CANCELLED')
      return refused('REVERSAL_EXCEEDS_ORIGINAL', 'The accrual was cancelled: nothing is left to reverse.', { details: { remaining: 0 } });
    const points = pointsToReverse(accrual, { minor: returned?.minor, points: reversal.points });
    if ('refused' in points) return points;

    const { parts, back, blocks } = takeParts(accrual, points.done);
    const reversedPoints = accrual.reversedPoints + points.done;
    const whole = reversedPoints === accrual.points;
    const after: Accrual = {
      ...accrual,
      reversedPoints,
      blocks,
      returnedMinor: accrual.returnedMinor + (returned?.minor ?? 0n),
      status: whole ? 'REVERSED' : accrual.status === 'PENDING' ? 'PENDING' : 'PARTIALLY_REVERSED',
    };
    if (points.done === 0n) return done({ accrual: after, wallet, posting: undefined });
    const posting =
      accrual.status === 'PENDING'
        ? done(pendingAccrualReversed(factsOf(accrual, now), parts))
        : await takeBack(tx, coalition, locked, parts, now);
    return 'refused' in posting ? posting : done({ accrual: after, wallet, posting: posting.done, back });
  };
  return changeAccrual(tx, reversal, decide, (coalition) => checkReturn(reversal, coalition.program.settlementCurrency));
}

async function takeBack(
  tx: Tx,
  coalition: Coalition,
  { accrual, wallet }: LockedAccrual,
  parts: readonly PricedPoints[],
  now: Date,
): Promise<Outcome<Posting>> {
  const lots = await readSpendableLots(tx, [wallet.accountId], now);
  const ids = lotIdsOf(accrual);
  const own = ids.flatMap((id) => lots.find((lot) => lot.id === id) ?? []);
  const points = parts.reduce((sum, part) => sum + part.points, 0n);
  const taken = takeFromLots([...own, ...lots.filter((lot) => !ids.includes(lot.id))], points);
  if (taken === undefined) {
    // What has expired is still in the wallet, and is not taken back.
    const spendable = lots.reduce((sum, lot) => sum + lot.available, 0n);
    return refused('INSUFFICIENT_POINTS', `${spendable} points of the member can be taken back, fewer than ${points}.`, {
      details: { available: Number(spendable), required: Number(points) },
    });
  }
  // What a point would cost its issuer if it were burned now.
  const currency = coalition.currencyNo(accrual.currencyNo);
  const priced = taken.map((part) => ({
    ...part,
    lot: { ...part.lot, redemptionMicros: redemptionElement(coalition, currency, part.lot, now) },
  }));
  return done(accrualReversed(factsOf(accrual, now), parts, priced));
}
