import { newId } from '../../kernel/ids.ts';
import { dayOf, startOfDay } from '../../kernel/instant.ts';
import type { Amount } from '../../kernel/money.ts';
import { invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import { accountKey, wallet as walletAccount } from '../../ledger/account.ts';
import { takeFromLots } from '../../ledger/lots.rules.ts';
import { readSpendableLots } from '../../ledger/lots.ts';
import { postDecided } from '../../ledger/post.ts';
import { redemptionHeld } from '../../ledger/postings/redemption.ts';
import { balanceAfter, lockWallets, type WalletBalance } from '../../ledger/wallets.ts';
import type { MemberKey } from '../../members/member.ts';
import { findMembers } from '../../members/members.queries.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import type { Attempt } from '../../platform/idempotency.ts';
import { factsOf, type Redeemed, redeemOnce } from './change-redemption.ts';
import { insertRedemption, redeemedSince } from './redemption.queries.ts';
import {
  acceptanceFor,
  checkHold,
  type HoldRequest,
  isAccepted,
  passesTenderShare,
  pricesOf,
  reimbursementOf,
} from './redemption.rules.ts';
import type { Redemption } from './redemption.ts';

export interface HoldCommand extends HoldRequest {
  readonly attempt: Attempt;
  readonly partnerId: string;
  /** The member named, or why the name cannot be read. */
  readonly member: Outcome<MemberKey>;
  readonly currency: string;
  /** The whole order, for clauses that limit the share paid with points. */
  readonly orderAmount: Amount | undefined;
}

/** Sets a member's points aside for an order: the earliest to expire first, none twice, for a bounded time. */
export async function holdRedemption(tx: Tx, command: HoldCommand): Promise<Outcome<Redeemed>> {
  const { coalition, now } = await coalitionNow(tx);
  const { settlementCurrency, timeZone } = coalition.program;
  const [member] = 'done' in command.member ? await findMembers(tx, [command.member.done]) : [];
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
    const acceptance = acceptanceFor(coalition, command.partnerId, currency, command.channel, now);
    if ('refused' in acceptance) return acceptance;
    const clause = acceptance.done;
    if (member.status !== 'ACTIVE') return refused('MEMBER_SUSPENDED', 'The member is suspended or closed.');
    if (clause.minPoints !== undefined && command.points < clause.minPoints) {
      return refused('BELOW_MINIMUM', `At least ${clause.minPoints} points are redeemed at once.`, {
        field: ['points'],
        details: { minimum: Number(clause.minPoints) },
      });
    }
    if (clause.perMemberDayPoints !== undefined) {
      const nos = clause.currencies.flatMap((code) => coalition.currencyOf(code)?.no ?? []);
      const used = await redeemedSince(tx, member.id, command.partnerId, nos, { since: startOfDay(dayOf(now, timeZone), timeZone), now });
      const remaining = clause.perMemberDayPoints - used;
      if (command.points > remaining) {
        const left = remaining < 0n ? 0n : remaining;
        return refused(
          'REDEMPTION_LIMIT',
          `A member redeems at most ${clause.perMemberDayPoints} points a day here; ${left} are left today.`,
          {
            field: ['points'],
            details: { limit: Number(clause.perMemberDayPoints), remaining: Number(left) },
          },
        );
      }
    }
    const wallet = wallets?.get(accountKey(walletAccount(member.id, currency.no)));
    if (wallet === undefined) throw new Error('the wallet was not locked');
    const lots = (await readSpendableLots(tx, [wallet.accountId], now)).filter((lot) =>
      isAccepted(coalition, clause, command.partnerId, lot),
    );
    const taken = takeFromLots(lots, command.points);
    if (taken === undefined) {
      const available = lots.reduce((sum, lot) => sum + lot.available, 0n);
      return refused('INSUFFICIENT_POINTS', `${available} points can be redeemed here, fewer than ${command.points}.`, {
        field: ['points'],
        details: { available: Number(available), required: Number(command.points) },
      });
    }
    const allocations = taken.map(({ lot, points }) => ({
      lotId: lot.id,
      issuer: lot.issuer,
      points,
      expiresAt: lot.expiresAt,
      ...pricesOf(coalition, currency, clause, lot, now),
    }));
    if (passesTenderShare(clause, reimbursementOf(allocations), command.orderAmount?.minor, settlementCurrency)) {
      return refused('CAP_EXCEEDED', `Points pay at most ${clause.maxTenderShareBps} bps of an order here.`, { field: ['points'] });
    }
    const redemption: Redemption = {
      id: newId(),
      partnerId: command.partnerId,
      memberId: member.id,
      currencyNo: currency.no,
      status: 'HELD',
      orderExternalId: command.orderExternalId,
      channel: command.channel,
      orderMinor: command.orderAmount?.minor,
      createdAt: now,
      expiresAt: new Date(now.getTime() + command.holdSeconds * 1000),
      capturedAt: undefined,
      heldPoints: command.points,
      capturedPoints: 0n,
      releasedPoints: 0n,
      refundedPoints: 0n,
      reimbursementMicros: 0n,
      allocations,
    };
    const posting = redemptionHeld(factsOf(redemption, now), allocations);
    await postDecided(tx, [posting], [wallet]);
    await insertRedemption(tx, redemption);
    const balance: WalletBalance = balanceAfter(wallet, wallet.account, posting);
    return { done: { redemption, balance } };
  });
}
