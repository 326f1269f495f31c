import { newId } from '../../kernel/ids.ts';
import type { Amount } from '../../kernel/money.ts';
import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import { postDecided } from '../../ledger/post.ts';
import { exchangeFunded, exchangeRedeemed } from '../../ledger/postings/exchange.ts';
import { balanceAfter, type Wallet } from '../../ledger/wallets.ts';
import { checkShownToken } from '../../members/check-shown-token.ts';
import type { Member, MemberKey } from '../../members/member.ts';
import { findMembers } from '../../members/members.queries.ts';
import { useToken } from '../../members/redemption-tokens.queries.ts';
import { type Coalition, coalitionNow } from '../../partners/coalition.ts';
import { passesTenderShare } from '../../partners/contracts/clauses/acceptance/acceptance.rules.ts';
import type { Place } from '../../partners/contracts/clauses/scope/scope.rules.ts';
import { versionFor } from '../../partners/contracts/grants.rules.ts';
import type { Db, Tx } from '../../platform/database.ts';
import { type Attempt, once, type Recorded } from '../../platform/idempotency.ts';
import { isName } from '../accrual/accrual.rules.ts';
import { slideExpiry } from '../expiry/slide-expiry.ts';
import { grantBurn } from '../redemption/grant-burn.ts';
import { insertRedemptions, readRedemptions } from '../redemption/redemption.queries.ts';
import { checkPoints, checkWorth, pricesOf, reimbursementOf } from '../redemption/redemption.rules.ts';
import type { Redemption, RedemptionAllocation } from '../redemption/redemption.ts';
import { drawDeposits } from '../termination/draw-deposits.ts';
import { checkMembersCaps, countInCycle } from './check-caps.ts';
import type { Exchange } from './exchange.ts';
import { type Exchanged, fromRecord, lockBothWallets, toRecord } from './exchange-points.ts';
import { creditFor, debitFor, grantExchange, type Pair, pairOf } from './exchange-terms.rules.ts';
import { type PlannedExchange, planExchange, storeExchange } from './plan-exchange.ts';

export interface PayCommand extends Place {
  readonly attempt: Attempt;
  readonly partnerId: string;
  /** The member named, or why the name cannot be read. */
  readonly member: Outcome<MemberKey>;
  readonly from: string;
  readonly currency: string;
  /** What the purchase costs, in points of `currency`. */
  readonly points: bigint;
  /** The most points of `from` that the member agreed to give. */
  readonly maxDebited: bigint | undefined;
  readonly orderExternalId: string;
  readonly orderAmount: Amount | undefined;
}

/** A purchase that was paid with exchanged points, with both balances right after it. */
export interface PaidWithExchange extends Exchanged {
  readonly redemption: Redemption;
}

/**
 * A member pays at a partner with points that it does not take: as few of them as are needed become points of the currency it takes, and
 * those pay at once. All of it is one posting; either everything happens or nothing.
 */
export async function payWithExchange(tx: Tx, command: PayCommand): Promise<Outcome<PaidWithExchange>> {
  const [{ coalition, now }, [member]] = await Promise.all([
    coalitionNow(tx),
    findMembers(tx, 'done' in command.member ? [command.member.done] : []),
  ]);
  const pair = pairOf(coalition, command.from, command.currency, 'currency');
  const wallets =
    member === undefined || 'refused' in pair ? undefined : await lockBothWallets(tx, member.id, pair.done.from.no, pair.done.to.no);
  const outcome = await once<PaidWithExchange>(
    tx,
    command.attempt,
    (recorded) => paidFromRecord(tx, recorded),
    async () => {
      const checked = checkForm(command, coalition);
      if ('refused' in checked) return checked;
      if ('refused' in pair) return pair;
      if ('refused' in command.member) return command.member;
      if (member === undefined || wallets === undefined) return invalid('member', 'There is no such member.');
      const shown = await checkShownToken(tx, command.member.done, now);
      if ('refused' in shown) return shown;
      const paid = await pay(tx, command, pair.done, member, wallets);
      if ('refused' in paid) return paid;
      await useToken(tx, shown.done, now);
      return done({ value: paid.done, record: { ...toRecord(paid.done), redemption: paid.done.redemption.id } });
    },
  );
  return 'refused' in outcome ? outcome : done({ ...outcome.done.value, replayed: outcome.done.replayed });
}

function checkForm(command: PayCommand, coalition: Coalition): Outcome<true> {
  const { points, maxDebited, orderExternalId, locationId, orderAmount } = command;
  const { settlementCurrency } = coalition.program;
  const form = checkPoints(points);
  if ('refused' in form) return form;
  if (maxDebited !== undefined && maxDebited < 1n) return invalid('maxDebited', 'At least one point is given.');
  if (!isName(orderExternalId)) return invalid('orderExternalId', 'An external id has 1 to 200 characters.');
  if (locationId !== undefined && !isName(locationId)) return invalid('locationId', 'A location has 1 to 200 characters.');
  if (orderAmount !== undefined && (orderAmount.currency !== settlementCurrency || orderAmount.minor < 0n)) {
    return invalid('orderAmount', `The amount of an order is in ${settlementCurrency} and not negative.`);
  }
  return done(true);
}

/** How many points of the source are given, and how many are received: enough for the purchase, and no more than was agreed to. */
function amountsOf(granted: Parameters<typeof creditFor>[0], command: PayCommand): Outcome<{ debited: bigint; credited: bigint }> {
  const debited = debitFor(granted.terms, granted.clause, command.points);
  if (debited === undefined) return refused('BELOW_MINIMUM', 'Nothing is received for these points.', { field: ['points'] });
  if (command.maxDebited !== undefined && debited > command.maxDebited) {
    return refused('CAP_EXCEEDED', `The purchase takes ${debited} points of ${command.from}, more than ${command.maxDebited}.`, {
      field: ['maxDebited'],
      details: { required: Number(debited) },
    });
  }
  const credited = creditFor(granted, debited);
  return 'refused' in credited ? credited : done({ debited, credited: credited.done });
}

async function pay(
  tx: Tx,
  command: PayCommand,
  { from, to }: Pair,
  member: Member,
  [fromWallet, toWallet]: readonly [Wallet, Wallet],
): Promise<Outcome<PaidWithExchange>> {
  const { partnerId, points } = command;
  const { coalition, now } = await coalitionNow(tx);
  const { settlementCurrency, timeZone } = coalition.program;
  const own = versionFor(coalition.contractAt(partnerId, now), 'BURN', now);
  if ('refused' in own) return own;
  const granted = grantExchange(coalition, { from, to }, undefined, now);
  if ('refused' in granted) return granted;
  const { clause, terms } = granted.done;
  const place = { channel: command.channel, locationId: command.locationId };
  const burn = { ...place, partnerId, member, currency: to, points, issuer: terms.toIssuer, roles: ['ACCEPTOR'] as const };
  const accepted = await grantBurn(tx, { coalition, now }, burn);
  if ('refused' in accepted) return accepted;
  const acceptance = accepted.done;
  const amounts = amountsOf(granted.done, command);
  if ('refused' in amounts) return amounts;
  const { debited, credited } = amounts.done;
  const prices = pricesOf(
    coalition,
    to,
    acceptance,
    { issuer: terms.toIssuer, redemptionMicros: terms.toMicros, fundedMicros: terms.toMicros },
    now,
  );
  if (passesTenderShare(acceptance, points * prices.reimbursementMicros, command.orderAmount?.minor, settlementCurrency)) {
    return refused('CAP_EXCEEDED', `Points pay at most ${acceptance.maxTenderShareBps} bps of an order here.`, { field: ['points'] });
  }
  const wanted = { clause, memberId: member.id, fromNo: from.no, toNo: to.no, debited, now, timeZone };
  const redemptionId = newId();
  const [capped, planned] = await Promise.all([
    checkMembersCaps(tx, wanted),
    planExchange(tx, {
      from,
      to,
      coalition,
      now,
      memberId: member.id,
      partnerId,
      quoteId: undefined,
      redemptionId,
      terms,
      debited,
      credited,
      fromWallet,
      toWallet,
    }),
  ]);
  if ('refused' in capped) return capped;
  const counted = await countInCycle(tx, wanted, 'refused' in planned ? planned : withBurn(planned.done, points, prices));
  if ('refused' in counted) return counted;
  const { facts, debited: given, credited: lot, burned, cycle } = counted.done;
  const exchange: Exchange = { ...counted.done.exchange, cycle };
  const redemption: Redemption = {
    id: redemptionId,
    partnerId,
    memberId: member.id,
    currencyNo: to.no,
    status: 'CAPTURED',
    orderExternalId: command.orderExternalId,
    ...place,
    orderMinor: command.orderAmount?.minor,
    createdAt: now,
    expiresAt: now,
    capturedAt: now,
    heldPoints: points,
    capturedPoints: points,
    releasedPoints: 0n,
    refundedPoints: 0n,
    reimbursementMicros: reimbursementOf([burned]),
    allocations: [burned],
  };
  const posting = exchangeRedeemed({ ...facts, partnerId }, given, lot, burned);
  const postings = [...exchangeFunded(facts, given), posting];
  await postDecided(tx, await drawDeposits(tx, coalition, now, postings), [fromWallet, toWallet]);
  await Promise.all([
    slideExpiry(tx, coalition, [
      { wallet: fromWallet, at: now },
      { wallet: toWallet, at: now, lotId: lot.id },
    ]),
    insertRedemptions(tx, [redemption]),
  ]);
  await storeExchange(tx, exchange);
  return done({
    exchange,
    redemption,
    balances: [balanceAfter(fromWallet, fromWallet.account, posting), balanceAfter(toWallet, toWallet.account, posting)],
    replayed: false,
  });
}

/** An exchange with the points of its new lot that pay. */
function withBurn(
  planned: PlannedExchange,
  points: bigint,
  prices: ReturnType<typeof pricesOf>,
): Outcome<PlannedExchange & { readonly burned: RedemptionAllocation }> {
  const { id: lotId, issuer, expiresAt } = planned.credited;
  const burned = { lotId, issuer, points, expiresAt, ...prices };
  const worth = checkWorth([burned]);
  return 'refused' in worth ? worth : done({ ...planned, burned });
}

/** The redemption as it was when the purchase was paid: a refund may have come since. */
async function paidFromRecord(db: Db, record: Recorded): Promise<PaidWithExchange> {
  const exchanged = await fromRecord(db, record);
  const [redemption] = await readRedemptions(db, [String(record.redemption)]);
  if (redemption === undefined) throw new Error(`redemption ${String(record.redemption)} was recorded but is not stored`);
  return { ...exchanged, redemption: { ...redemption, status: 'CAPTURED', refundedPoints: 0n } };
}
