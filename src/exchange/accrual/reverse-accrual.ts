import type { Amount } from '../../kernel/money.ts';
import { type Outcome, refused } from '../../kernel/refusal.ts';
import { takeFromLots } from '../../ledger/lots.rules.ts';
import { readSpendableLots } from '../../ledger/lots.ts';
import { postDecided } from '../../ledger/post.ts';
import type { Posting } from '../../ledger/posting.ts';
import { accrualReversed, pendingAccrualReversed } from '../../ledger/postings/accrual.ts';
import { balanceAfter } from '../../ledger/wallets.ts';
import { type Coalition, coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { redemptionElement } from '../redemption/redemption.rules.ts';
import { checkReturn, pointsToReverse } from './accrual.rules.ts';
import type { Accrual } from './accrual.ts';
import { type AccrualChange, changeAccrual, type LockedAccrual, updateAccruals } from './change-accrual.ts';
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
export async function reverseAccrual(tx: Tx, reversal: AccrualReversal): Promise<Outcome<Accrued>> {
  const { coalition, now } = await coalitionNow(tx);
  const work = async (locked: LockedAccrual): Promise<Outcome<Pick<Accrued, 'accrual' | 'balance'>>> => {
    const { accrual, wallet } = locked;
    const returned = reversal.returnedAmount;
    if (accrual.status === 'CANCELLED')
      return refused('REVERSAL_EXCEEDS_ORIGINAL', 'The accrual was cancelled: nothing is left to reverse.', { details: { remaining: 0 } });
    const points = pointsToReverse(accrual, { minor: returned?.minor, points: reversal.points });
    if ('refused' in points) return points;

    const reversedPoints = accrual.reversedPoints + points.done;
    const whole = reversedPoints === accrual.points;
    const after: Accrual = {
      ...accrual,
      reversedPoints,
      returnedMinor: accrual.returnedMinor + (returned?.minor ?? 0n),
      status: whole ? 'REVERSED' : accrual.status === 'PENDING' ? 'PENDING' : 'PARTIALLY_REVERSED',
    };
    if (points.done === 0n) {
      await updateAccruals(tx, [after]);
      return { done: { accrual: after, balance: wallet } };
    }
    const posting =
      accrual.status === 'PENDING'
        ? pendingAccrualReversed({ reference: accrual.id, ...accrual, occurredAt: now }, points.done)
        : await takeBack(tx, coalition, locked, points.done, now);
    if (posting === undefined) {
      return refused(
        'INSUFFICIENT_POINTS',
        `The member has ${wallet.available} points available, fewer than the ${points.done} to take back.`,
        {
          details: { available: Number(wallet.available), required: Number(points.done) },
        },
      );
    }
    await postDecided(tx, [posting], [wallet]);
    await updateAccruals(tx, [after]);
    return { done: { accrual: after, balance: balanceAfter(wallet, wallet.account, posting) } };
  };
  return changeAccrual(tx, reversal, work, () => checkReturn(reversal, coalition.program.settlementCurrency));
}

async function takeBack(
  tx: Tx,
  coalition: Coalition,
  { accrual, wallet }: LockedAccrual,
  points: bigint,
  now: Date,
): Promise<Posting | undefined> {
  const lots = await readSpendableLots(tx, [wallet.accountId], now);
  const own = lots.filter((lot) => lot.id === accrual.lotId);
  const taken = takeFromLots([...own, ...lots.filter((lot) => lot.id !== accrual.lotId)], points);
  // What a point would cost its issuer if it were burned now.
  const currency = coalition.currencyNo(accrual.currencyNo);
  const priced = taken?.map((part) => ({
    ...part,
    lot: { ...part.lot, redemptionMicros: redemptionElement(coalition, currency, part.lot, now) },
  }));
  return priced && accrualReversed({ reference: accrual.id, ...accrual, occurredAt: now }, priced);
}
