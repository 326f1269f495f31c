import { newId } from '../../kernel/ids.ts';
import { calendarDate, dayOf, startOfDay } from '../../kernel/instant.ts';
import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import { accountKey, wallet as walletAccount } from '../../ledger/account.ts';
import { takeFromLots } from '../../ledger/lots.rules.ts';
import { readSpendableLots } from '../../ledger/lots.ts';
import { postDecided } from '../../ledger/post.ts';
import { transferCompleted } from '../../ledger/postings/transfer.ts';
import { balanceAfter, lockWallets, type Wallet, type WalletBalance } from '../../ledger/wallets.ts';
import { checkActing } from '../../members/acting-member.ts';
import type { Member, MemberKey } from '../../members/member.ts';
import { findMembers } from '../../members/members.queries.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { PointCurrency } from '../../partners/currencies/point-currency.ts';
import type { Tx } from '../../platform/database.ts';
import { type Attempt, once, type Recorded } from '../../platform/idempotency.ts';
import { isName } from '../accrual/accrual.rules.ts';
import { checkPoints } from '../redemption/redemption.rules.ts';
import { keepBalance, restoreBalance } from '../wallets/kept-balance.ts';
import { checkPolicy } from './transfer.rules.ts';
import type { Transfer } from './transfer.ts';
import { givenSince, insertTransfers, readTransfers } from './transfers.queries.ts';

export interface TransferCommand {
  readonly attempt: Attempt;
  readonly viewer: Extract<Viewer, { role: 'OPERATOR' | 'MEMBER' }>;
  readonly from: Outcome<MemberKey>;
  readonly to: Outcome<MemberKey>;
  readonly currency: string;
  readonly points: bigint;
  readonly note: string | undefined;
}

/** A transfer that was done, now or before, with the giver's balance right after it. */
export interface Transferred {
  readonly transfer: Transfer;
  readonly balance: WalletBalance;
}

/** Moves points from member to member: every lot keeps its issuer and its expiry, also one that slides, and no money moves. */
export async function transferPoints(tx: Tx, command: TransferCommand): Promise<Outcome<{ value: Transferred; replayed: boolean }>> {
  const [{ coalition, now }, [giver, receiver]] = await Promise.all([coalitionNow(tx), findBoth(tx, command)]);
  const from = checkActing(command.viewer, command.from, giver, 'from');
  const currency = coalition.currencyOf(command.currency);
  const wallets =
    giver === undefined || receiver === undefined || currency === undefined || 'refused' in from
      ? undefined
      : await lockWallets(
          tx,
          [giver, receiver].map(({ id }) => ({ memberId: id, unit: currency.no })),
        );
  const replay = (recorded: Recorded) => fromRecord(tx, recorded);
  return once<Transferred>(tx, command.attempt, replay, async () => {
    const points = checkPoints(command.points);
    if ('refused' in points) return points;
    if (command.note !== undefined && !isName(command.note)) return invalid('note', 'A note has 1 to 200 characters.');
    if (currency === undefined) return invalid('currency', `There is no point currency ${command.currency}.`);
    if ('refused' in from) return from;
    const policy = coalition.program.memberTransfers;
    // Before anybody is looked at: where nothing can be given, nobody can be searched for either.
    if (!policy.allowed) return refused('NOT_ELIGIBLE', 'This program does not let members give points to one another.');
    if ('refused' in command.to) return command.to;
    if (receiver === undefined) return invalid('to', 'There is nobody of this name to give points to.');
    if (receiver.id === from.done.id) return invalid('to', 'Points are given to somebody else.');
    if ([from.done, receiver].some(({ status }) => status !== 'ACTIVE')) {
      return refused('MEMBER_SUSPENDED', 'One of the two members is suspended or closed.');
    }
    const { timeZone } = coalition.program;
    const since = { day: startOfDay(dayOf(now, timeZone), timeZone), year: calendarDate(now, 1, 1, 0, timeZone) };
    const [given] = await givenSince(tx, [{ memberId: from.done.id, currencyNo: currency.no, ...since }]);
    const allowed = checkPolicy(policy, points.done, given ?? { day: 0n, year: 0n });
    if ('refused' in allowed) return allowed;
    const wallet = wallets?.get(accountKey(walletAccount(from.done.id, currency.no)));
    if (wallets === undefined || wallet === undefined) throw new Error('the wallets were not locked');
    const what = { from: from.done, to: receiver, currency, points: points.done, note: command.note, at: now };
    return move(tx, what, wallet, [...wallets.values()]);
  });
}

interface Gift {
  readonly from: Member;
  readonly to: Member;
  readonly currency: PointCurrency;
  readonly points: bigint;
  readonly note: string | undefined;
  readonly at: Date;
}

async function move(
  tx: Tx,
  { from, to, currency, points, note, at }: Gift,
  wallet: Wallet,
  wallets: readonly Wallet[],
): Promise<Outcome<{ value: Transferred; record: Recorded }>> {
  const lots = await readSpendableLots(tx, [wallet.accountId], at);
  const taken = takeFromLots(lots, points);
  if (taken === undefined) {
    const available = lots.reduce((sum, lot) => sum + lot.available, 0n);
    return refused('INSUFFICIENT_POINTS', `${available} points can be given, fewer than ${points}.`, {
      field: ['points'],
      details: { available: Number(available), required: Number(points) },
    });
  }
  const transfer: Transfer = { id: newId(), fromMemberId: from.id, toMemberId: to.id, currencyNo: currency.no, points, note, at };
  const posting = transferCompleted({ ...transfer, reference: transfer.id, occurredAt: at }, taken, newId);
  await postDecided(tx, [posting], wallets);
  await insertTransfers(tx, [transfer]);
  const balance = balanceAfter(wallet, wallet.account, posting);
  const record = { transfer: transfer.id, balance: keepBalance(balance) };
  return done({ value: { transfer, balance }, record });
}

async function findBoth(tx: Tx, { from, to }: Pick<TransferCommand, 'from' | 'to'>): Promise<(Member | undefined)[]> {
  const named = [from, to].flatMap((key) => ('done' in key ? [key.done] : []));
  const found = await findMembers(tx, named);
  return [from, to].map((key) => ('done' in key ? found[named.indexOf(key.done)] : undefined));
}

async function fromRecord(tx: Tx, recorded: Recorded): Promise<Transferred> {
  const [transfer] = await readTransfers(tx, [String(recorded.transfer)]);
  if (transfer === undefined) throw new Error(`transfer ${String(recorded.transfer)} was recorded but is not stored`);
  return { transfer, balance: restoreBalance(recorded.balance) };
}
