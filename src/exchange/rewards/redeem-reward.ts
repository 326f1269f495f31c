import { newId } from '../../kernel/ids.ts';
import { plusMonths } from '../../kernel/instant.ts';
import { invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import { accountKey, wallet as walletAccount } from '../../ledger/account.ts';
import { lockWallets } from '../../ledger/wallets.ts';
import { checkActing } from '../../members/acting-member.ts';
import { checkShownToken } from '../../members/check-shown-token.ts';
import type { MemberKey } from '../../members/member.ts';
import { findMembers } from '../../members/members.queries.ts';
import { useToken } from '../../members/redemption-tokens.queries.ts';
import { type Coalition, coalitionNow } from '../../partners/coalition.ts';
import type { Place } from '../../partners/contracts/clauses/scope/scope.rules.ts';
import type { Tx } from '../../platform/database.ts';
import type { Attempt } from '../../platform/idempotency.ts';
import { isName } from '../accrual/accrual.rules.ts';
import { type Redeemed, redeemOnce } from '../redemption/change-redemption.ts';
import { redeemNow } from '../redemption/redeem-now.ts';
import { insertEntitlements } from './entitlements.queries.ts';
import type { Reward } from './reward.ts';
import { findRewards, type RewardKey } from './rewards.queries.ts';

/** A reward as a caller names it: one version by its id, or the one in force by partner and code. */
export interface RewardName {
  readonly id: string | undefined;
  readonly partner: string | undefined;
  readonly code: string | undefined;
}

export interface RewardCommand extends Place {
  readonly attempt: Attempt;
  readonly viewer: Extract<Viewer, { role: 'MEMBER' | 'PARTNER' }>;
  readonly member: Outcome<MemberKey>;
  readonly reward: RewardName;
  /** The code of the entitlement: drawn at random by the caller. */
  readonly code: string;
}

/** Burns what a reward costs at its partner and gives the member what it entitles to. */
export async function redeemReward(tx: Tx, command: RewardCommand): Promise<Outcome<Redeemed>> {
  const at = await coalitionNow(tx);
  const { coalition, now } = at;
  const reward = await named(tx, command, coalition, now);
  const [found] = 'done' in command.member ? await findMembers(tx, [command.member.done]) : [];
  const checked = checkActing(command.viewer, command.member, found);
  const wallets =
    'refused' in checked || 'refused' in reward
      ? undefined
      : await lockWallets(tx, [{ memberId: checked.done.id, unit: reward.done.currencyNo }]);
  return redeemOnce(tx, command.attempt, async () => {
    if ('refused' in reward) return reward;
    if ('refused' in checked) return checked;
    const { id: rewardId, partnerId, currencyNo, points, code: orderExternalId, entitlementMonths } = reward.done;
    if (command.viewer.role === 'PARTNER' && command.viewer.partnerId !== partnerId) {
      return refused('FORBIDDEN', 'A partner gives its own rewards.', { field: ['reward'] });
    }
    const member = checked.done;
    const wallet = wallets?.get(accountKey(walletAccount(member.id, currencyNo)));
    if (wallet === undefined) throw new Error('the wallet was not locked');
    const { channel, locationId } = command;
    const currency = coalition.currencyNo(currencyNo);
    const shown = 'done' in command.member ? await checkShownToken(tx, command.member.done, now) : command.member;
    if ('refused' in shown) return shown;
    const redeemed = await redeemNow(tx, at, { partnerId, member, currency, wallet, points, channel, locationId, orderExternalId });
    if ('refused' in redeemed) return redeemed;
    await useToken(tx, shown.done, now);
    await insertEntitlements(tx, [
      {
        id: newId(),
        code: command.code,
        rewardId,
        redemptionId: redeemed.done.redemption.id,
        memberId: member.id,
        partnerId,
        validFrom: now,
        validUntil: entitlementMonths === undefined ? undefined : plusMonths(now, entitlementMonths, coalition.program.timeZone),
        revokedAt: undefined,
      },
    ]);
    return redeemed;
  });
}

async function named(tx: Tx, { reward, viewer }: RewardCommand, coalition: Coalition, now: Date): Promise<Outcome<Reward>> {
  const key = keyOf(reward, viewer, coalition);
  if ('refused' in key) return key;
  const [found] = await findRewards(tx, [{ ...key.done, at: now }]);
  return found === undefined ? invalid('reward', 'There is no such reward now.') : { done: found };
}

function keyOf({ id, partner, code }: RewardName, viewer: RewardCommand['viewer'], coalition: Coalition): Outcome<RewardKey> {
  if (id !== undefined && partner === undefined && code === undefined) return { done: { id } };
  if (id !== undefined || code === undefined || !isName(code))
    return invalid('reward', 'A reward is named by its id, or by partner and code.');
  const partnerId = partner === undefined ? (viewer.role === 'PARTNER' ? viewer.partnerId : undefined) : coalition.partnerOf(partner)?.id;
  return partnerId === undefined ? invalid('reward.partner', 'There is no such partner.') : { done: { partnerId, code } };
}
