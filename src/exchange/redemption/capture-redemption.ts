import { invalid, type Outcome } from '../../kernel/refusal.ts';
import { takeInOrder } from '../../ledger/lots.rules.ts';
import { postDecided } from '../../ledger/post.ts';
import { burnFunded, redemptionCaptured } from '../../ledger/postings/redemption.ts';
import { balanceAfter } from '../../ledger/wallets.ts';
import type { Channel } from '../../partners/channel.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { slideExpiry } from '../expiry/slide-expiry.ts';
import { drawDeposits } from '../termination/draw-deposits.ts';
import { checkApproved } from './approval.rules.ts';
import { changeRedemption, factsOf, type LockedRedemption, type Redeemed, type RedemptionChange } from './change-redemption.ts';
import { updateRedemptions } from './redemption.queries.ts';
import { acceptanceFor, checkWorth, pricesOf, reimbursementOf } from './redemption.rules.ts';
import type { Redemption } from './redemption.ts';

export interface Capture extends RedemptionChange {
  /** Default: all that is held. */
  readonly points: bigint | undefined;
}

/** Burns held points, all or the first part of them; what is not captured goes back to the wallet in the same posting. */
export function captureRedemption(tx: Tx, capture: Capture): Promise<Outcome<Redeemed>> {
  const work = async ({ redemption, wallet }: LockedRedemption): Promise<Outcome<Pick<Redeemed, 'redemption' | 'balance'>>> => {
    const { coalition, now } = await coalitionNow(tx);
    const points = capture.points ?? redemption.heldPoints;
    if (points > redemption.heldPoints) {
      return invalid('points', `Between 1 and ${redemption.heldPoints}, the points held, can be captured.`);
    }
    const open = checkApproved(redemption, now);
    if ('refused' in open) return open;
    const currency = coalition.currencyNo(redemption.currencyNo);
    // The hold was granted: when the contract has ended since, the prices of the hold stand.
    const place = { channel: redemption.channel as Channel, locationId: redemption.locationId };
    const acceptance = acceptanceFor(coalition, redemption.partnerId, currency, place, now);
    const { taken, rest } = takeInOrder(redemption.allocations, points);
    const priced = checkWorth(
      'refused' in acceptance ? taken : taken.map((part) => ({ ...part, ...pricesOf(coalition, currency, acceptance.done, part, now) })),
    );
    if ('refused' in priced) return priced;
    const captured = priced.done;
    const after: Redemption = {
      ...redemption,
      status: 'CAPTURED',
      capturedAt: now,
      capturedPoints: points,
      releasedPoints: redemption.heldPoints - points,
      reimbursementMicros: reimbursementOf(captured),
      allocations: captured,
    };
    const posting = redemptionCaptured(factsOf(redemption, now), captured, rest);
    const postings = [...burnFunded('redemption.funded', factsOf(redemption, now), captured), posting];
    await postDecided(tx, await drawDeposits(tx, coalition, now, postings), [wallet]);
    await slideExpiry(tx, coalition, [{ wallet, at: now }]);
    await updateRedemptions(tx, [after]);
    return { done: { redemption: after, balance: balanceAfter(wallet, wallet.account, posting) } };
  };
  return changeRedemption(tx, capture, work, capture.points);
}
