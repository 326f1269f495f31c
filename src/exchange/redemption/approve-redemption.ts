import { type Outcome, refused } from '../../kernel/refusal.ts';
import { readMembers } from '../../members/members.queries.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { checkAwaiting } from './approval.rules.ts';
import { changeRedemption, type Redeemed, type RedemptionChange } from './change-redemption.ts';
import { updateRedemptions } from './redemption.queries.ts';
import type { Redemption } from './redemption.ts';

/** The member agrees that the points which are set aside are burned: from here on the partner captures them as of any hold. */
export function approveRedemption(tx: Tx, change: RedemptionChange): Promise<Outcome<Redeemed>> {
  return changeRedemption(tx, change, async ({ redemption, wallet }) => {
    const { now } = await coalitionNow(tx);
    const awaiting = checkAwaiting(redemption, now);
    if ('refused' in awaiting) return awaiting;
    const [member] = await readMembers(tx, [redemption.memberId]);
    if (member?.status !== 'ACTIVE') return refused('MEMBER_SUSPENDED', 'The member is suspended or closed.');
    const after: Redemption = { ...redemption, status: 'HELD', approvedAt: now };
    await updateRedemptions(tx, [after]);
    return { done: { redemption: after, balance: wallet } };
  });
}
