import { newId } from '../../kernel/ids.ts';
import { plusDays } from '../../kernel/instant.ts';
import { type Outcome, refused } from '../../kernel/refusal.ts';
import { takeInOrder } from '../../ledger/lots.rules.ts';
import { findRunningLots } from '../../ledger/lots.ts';
import { postDecided } from '../../ledger/post.ts';
import type { OpenedLot } from '../../ledger/posting.ts';
import { burnFunded, redemptionRefunded } from '../../ledger/postings/redemption.ts';
import { balanceAfter } from '../../ledger/wallets.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { revokeEntitlementsOf } from '../rewards/entitlements.queries.ts';
import { refillDeposits } from '../termination/refill-deposits.ts';
import { isUnresolved } from './approval.rules.ts';
import { changeRedemption, factsOf, type LockedRedemption, type Redeemed, type RedemptionChange } from './change-redemption.ts';
import { updateRedemptions } from './redemption.queries.ts';
import { REFUND_GRACE_DAYS, wasPaidAtOnce } from './redemption.rules.ts';
import type { Redemption } from './redemption.ts';

export interface Refund extends RedemptionChange {
  /** Default: all that is captured and not refunded yet. */
  readonly points: bigint | undefined;
}

/**
 * Gives burned points back, in the order in which they were taken, at the prices of the capture.
 * They return to their lots; where a lot has expired since, its points come back in a new lot with a period of grace.
 */
export function refundRedemption(tx: Tx, refund: Refund): Promise<Outcome<Redeemed>> {
  const work = async ({ redemption, wallet }: LockedRedemption): Promise<Outcome<Pick<Redeemed, 'redemption' | 'balance'>>> => {
    const { coalition, now } = await coalitionNow(tx);
    const left = redemption.capturedPoints - redemption.refundedPoints;
    const points = refund.points ?? left;
    if (isUnresolved(redemption)) return refused('VALIDATION', 'The hold is not captured yet: void it.', { field: ['redemptionId'] });
    if (points > left || left === 0n) {
      return refused('REVERSAL_EXCEEDS_ORIGINAL', `Only ${left} captured points are left to refund.`, {
        field: ['points'],
        details: { remaining: Number(left) },
      });
    }
    const { rest } = takeInOrder(redemption.allocations, redemption.refundedPoints);
    const { taken } = takeInOrder(rest, points);
    // Activity may have prolonged a lot since its points were taken.
    const running = await findRunningLots(
      tx,
      taken.map((part) => part.lotId),
      now,
    );
    const alive = taken.filter((part) => running.has(part.lotId));
    const opens: OpenedLot[] = taken
      .filter((part) => !alive.includes(part))
      .map((part) => ({
        id: newId(),
        wallet: wallet.account,
        issuer: part.issuer,
        origin: 'REFUND',
        earnedAt: now,
        expiresAt: plusDays(now, REFUND_GRACE_DAYS, coalition.program.timeZone),
        points: part.points,
        redemptionMicros: part.redemptionMicros,
        fundedMicros: part.fundedMicros,
        parent: part.lotId,
      }));
    const refundedPoints = redemption.refundedPoints + points;
    const after: Redemption = {
      ...redemption,
      refundedPoints,
      status: refundedPoints === redemption.capturedPoints ? 'REFUNDED' : 'PARTIALLY_REFUNDED',
    };
    const posting = redemptionRefunded(
      factsOf(redemption, now),
      taken,
      alive.map((part) => ({ lotId: part.lotId, available: part.points, held: 0n })),
      opens,
    );
    const postings = [posting, ...burnFunded('redemption.funding_returned', factsOf(redemption, now), taken)];
    await postDecided(tx, await refillDeposits(tx, coalition, now, redemption.id, postings), [wallet]);
    await updateRedemptions(tx, [after]);
    // What was held before paid for an order, and entitled to nothing.
    if (after.status === 'REFUNDED' && wasPaidAtOnce(after)) await revokeEntitlementsOf(tx, [{ redemptionId: after.id, at: now }]);
    return { done: { redemption: after, balance: balanceAfter(wallet, wallet.account, posting) } };
  };
  return changeRedemption(tx, refund, work, refund.points);
}
