import type { Outcome } from '../../kernel/refusal.ts';
import { postDecided } from '../../ledger/post.ts';
import { redemptionReleased } from '../../ledger/postings/redemption.ts';
import { balanceAfter, type WalletBalance } from '../../ledger/wallets.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { checkAwaiting, checkOpen, isUnresolved } from './approval.rules.ts';
import {
  changeRedemption,
  factsOf,
  type LockedRedemption,
  lockRedemptions,
  type Redeemed,
  type RedemptionChange,
} from './change-redemption.ts';
import { findDueHolds, updateRedemptions } from './redemption.queries.ts';
import type { Redemption } from './redemption.ts';

async function releaseAll(
  tx: Tx,
  locked: readonly LockedRedemption[],
  how: { readonly status: 'VOIDED' | 'EXPIRED_HOLD'; readonly code: 'redemption.voided' | 'redemption.hold_expired'; readonly at: Date },
): Promise<Pick<Redeemed, 'redemption' | 'balance'>[]> {
  const balances = new Map<bigint, WalletBalance>();
  const released = locked.map(({ redemption, wallet }) => {
    const after: Redemption = { ...redemption, status: how.status, releasedPoints: redemption.heldPoints };
    const posting = redemptionReleased(how.code, factsOf(redemption, how.at), redemption.allocations);
    const balance = balanceAfter(balances.get(wallet.accountId) ?? wallet, wallet.account, posting);
    balances.set(wallet.accountId, balance);
    return { redemption: after, posting, balance };
  });
  await postDecided(
    tx,
    released.map(({ posting }) => posting),
    locked.map(({ wallet }) => wallet),
  );
  await updateRedemptions(
    tx,
    released.map(({ redemption }) => redemption),
  );
  return released;
}

/** Gives held points back before they are captured. */
export function voidRedemption(tx: Tx, change: RedemptionChange): Promise<Outcome<Redeemed>> {
  return giveBack(tx, change, checkOpen);
}

/** The member does not agree to what awaits its approval: the points are back. */
export function declineRedemption(tx: Tx, change: RedemptionChange): Promise<Outcome<Redeemed>> {
  return giveBack(tx, change, checkAwaiting);
}

function giveBack(tx: Tx, change: RedemptionChange, check: typeof checkOpen): Promise<Outcome<Redeemed>> {
  return changeRedemption(tx, change, async (locked) => {
    const { now } = await coalitionNow(tx);
    const checked = check(locked.redemption, now);
    if ('refused' in checked) return checked;
    const [done] = await releaseAll(tx, [locked], { status: 'VOIDED', code: 'redemption.voided', at: now });
    if (done === undefined) throw new Error('nothing was released');
    return { done };
  });
}

/** Gives back a bounded number of holds whose time has passed; answers how many. */
export async function expireDueHolds(tx: Tx, asOf: Date, limit: number): Promise<number> {
  const locked = await lockRedemptions(tx, await findDueHolds(tx, asOf, limit));
  // Others may have resolved some of them before their wallets were locked here.
  const due = locked.filter(({ redemption }) => isUnresolved(redemption));
  return (await releaseAll(tx, due, { status: 'EXPIRED_HOLD', code: 'redemption.hold_expired', at: asOf })).length;
}
