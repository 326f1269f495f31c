import { newId } from '../../kernel/ids.ts';
import type { Amount } from '../../kernel/money.ts';
import { invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import { accountKey, wallet as walletAccount } from '../../ledger/account.ts';
import { postDecided } from '../../ledger/post.ts';
import { redemptionHeld } from '../../ledger/postings/redemption.ts';
import { balanceAfter, lockWallets, type WalletBalance } from '../../ledger/wallets.ts';
import { checkShownToken } from '../../members/check-shown-token.ts';
import type { MemberKey } from '../../members/member.ts';
import { findMembers } from '../../members/members.queries.ts';
import { useToken } from '../../members/redemption-tokens.queries.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import { passesTenderShare } from '../../partners/contracts/clauses/acceptance/acceptance.rules.ts';
import type { Tx } from '../../platform/database.ts';
import type { Attempt } from '../../platform/idempotency.ts';
import { needsApproval } from './approval.rules.ts';
import { factsOf, type Redeemed, redeemOnce } from './change-redemption.ts';
import { allocateBurn, grantBurn } from './grant-burn.ts';
import { insertRedemptions } from './redemption.queries.ts';
import { checkHold, type HoldRequest, reimbursementOf } from './redemption.rules.ts';
import type { Redemption } from './redemption.ts';

export interface HoldCommand extends HoldRequest {
  readonly attempt: Attempt;
  readonly partnerId: string;
  /** The member named, or why the name cannot be read. */
  readonly member: Outcome<MemberKey>;
  readonly currency: string;
  /** Whether the partner wants the member to approve it. */
  readonly memberApproval: boolean;
  /** The whole order, for clauses that limit the share paid with points. */
  readonly orderAmount: Amount | undefined;
}

/** Sets a member's points aside for an order: the earliest to expire first, none twice, for a bounded time. A token that names the member is used with it. */
export async function holdRedemption(tx: Tx, command: HoldCommand): Promise<Outcome<Redeemed>> {
  const [{ coalition, now }, [member]] = await Promise.all([
    coalitionNow(tx),
    findMembers(tx, 'done' in command.member ? [command.member.done] : []),
  ]);
  const { settlementCurrency, memberApproval } = coalition.program;
  const currency = coalition.currencyOf(command.currency);
  const wallets =
    member === undefined || currency === undefined ? undefined : await lockWallets(tx, [{ memberId: member.id, unit: currency.no }]);
  return redeemOnce(tx, command.attempt, async () => {
    const checked = checkHold(command);
    if ('refused' in checked) return checked;
    if ('refused' in command.member) return command.member;
    if (member === undefined) return invalid('member', 'There is no such member.');
    if (currency === undefined) return invalid('currency', `There is no point currency ${command.currency}.`);
    if (command.orderAmount !== undefined && (command.orderAmount.currency !== settlementCurrency || command.orderAmount.minor < 0n)) {
      return invalid('orderAmount', `The amount of an order is in ${settlementCurrency} and not negative.`);
    }
    const shown = await checkShownToken(tx, command.member.done, now);
    if ('refused' in shown) return shown;
    const granted = await grantBurn(tx, { coalition, now }, { ...command, member, currency });
    if ('refused' in granted) return granted;
    const clause = granted.done;
    const wallet = wallets?.get(accountKey(walletAccount(member.id, currency.no)));
    if (wallet === undefined) throw new Error('the wallet was not locked');
    const allocated = await allocateBurn(tx, { coalition, now }, { ...command, currency, clause, wallet });
    if ('refused' in allocated) return allocated;
    const allocations = allocated.done;
    if (passesTenderShare(clause, reimbursementOf(allocations), command.orderAmount?.minor, settlementCurrency)) {
      return refused('CAP_EXCEEDED', `Points pay at most ${clause.maxTenderShareBps} bps of an order here.`, { field: ['points'] });
    }
    const awaits = needsApproval(memberApproval, command);
    const redemption: Redemption = {
      id: newId(),
      partnerId: command.partnerId,
      memberId: member.id,
      currencyNo: currency.no,
      status: awaits ? 'AWAITING_MEMBER_APPROVAL' : 'HELD',
      orderExternalId: command.orderExternalId,
      channel: command.channel,
      locationId: command.locationId,
      orderMinor: command.orderAmount?.minor,
      createdAt: now,
      expiresAt: new Date(now.getTime() + command.holdSeconds * 1000),
      capturedAt: undefined,
      needsApproval: awaits,
      heldPoints: command.points,
      capturedPoints: 0n,
      releasedPoints: 0n,
      refundedPoints: 0n,
      reimbursementMicros: 0n,
      allocations,
    };
    const posting = redemptionHeld(factsOf(redemption, now), allocations);
    await postDecided(tx, [posting], [wallet]);
    await insertRedemptions(tx, [redemption]);
    await useToken(tx, shown.done, now);
    const balance: WalletBalance = balanceAfter(wallet, wallet.account, posting);
    return { done: { redemption, balance } };
  });
}
