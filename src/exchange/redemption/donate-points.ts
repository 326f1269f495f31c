import { invalid, type Outcome } from '../../kernel/refusal.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import { accountKey, wallet as walletAccount } from '../../ledger/account.ts';
import { lockWallets } from '../../ledger/wallets.ts';
import { checkActing } from '../../members/acting-member.ts';
import type { MemberKey } from '../../members/member.ts';
import { findMembers } from '../../members/members.queries.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Place } from '../../partners/contracts/clauses/scope/scope.rules.ts';
import type { Tx } from '../../platform/database.ts';
import type { Attempt } from '../../platform/idempotency.ts';
import { isName } from '../accrual/accrual.rules.ts';
import { type Redeemed, redeemOnce } from './change-redemption.ts';
import { redeemNow } from './redeem-now.ts';
import { checkPoints } from './redemption.rules.ts';

export interface Donation extends Place {
  readonly attempt: Attempt;
  readonly viewer: Extract<Viewer, { role: 'OPERATOR' | 'MEMBER' }>;
  readonly member: Outcome<MemberKey>;
  /** Code of the partner that receives. */
  readonly charity: string;
  readonly currency: string;
  readonly points: bigint;
  readonly note: string | undefined;
}

/** Burns a member's points at a charity, which is reimbursed as any partner is. */
export async function donatePoints(tx: Tx, donation: Donation): Promise<Outcome<Redeemed>> {
  const [at, [found]] = await Promise.all([coalitionNow(tx), findMembers(tx, 'done' in donation.member ? [donation.member.done] : [])]);
  const checked = checkActing(donation.viewer, donation.member, found);
  const currency = at.coalition.currencyOf(donation.currency);
  const wallets =
    'refused' in checked || currency === undefined ? undefined : await lockWallets(tx, [{ memberId: checked.done.id, unit: currency.no }]);
  return redeemOnce(tx, donation.attempt, async () => {
    const points = checkPoints(donation.points);
    if ('refused' in points) return points;
    if (donation.note !== undefined && !isName(donation.note)) return invalid('note', 'A note has 1 to 200 characters.');
    const charity = at.coalition.partnerOf(donation.charity);
    if (charity === undefined) return invalid('charity', `There is no partner ${donation.charity}.`);
    if (currency === undefined) return invalid('currency', `There is no point currency ${donation.currency}.`);
    if ('refused' in checked) return checked;
    const member = checked.done;
    const wallet = wallets?.get(accountKey(walletAccount(member.id, currency.no)));
    if (wallet === undefined) throw new Error('the wallet was not locked');
    const { channel, locationId, note } = donation;
    return redeemNow(tx, at, {
      partnerId: charity.id,
      roles: ['CHARITY'],
      member,
      currency,
      wallet,
      points: points.done,
      channel,
      locationId,
      note,
      orderExternalId: 'DONATION',
    });
  });
}
