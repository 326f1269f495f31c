import { newId } from '../../kernel/ids.ts';
import { invalid, type Outcome } from '../../kernel/refusal.ts';
import { postDecided } from '../../ledger/post.ts';
import { burnFunded, redemptionPaid } from '../../ledger/postings/redemption.ts';
import { balanceAfter, type Wallet } from '../../ledger/wallets.ts';
import type { Tx } from '../../platform/database.ts';
import { isName } from '../accrual/accrual.rules.ts';
import { slideExpiry } from '../expiry/slide-expiry.ts';
import { drawDeposits } from '../termination/draw-deposits.ts';
import { factsOf, type Redeemed } from './change-redemption.ts';
import { allocateBurn, grantBurn, type Now, type WantedBurn } from './grant-burn.ts';
import { insertRedemptions } from './redemption.queries.ts';
import { reimbursementOf } from './redemption.rules.ts';
import type { Redemption } from './redemption.ts';

/** Points that are burned at once, from a wallet that this transaction has locked. */
export interface BurnNow extends WantedBurn {
  readonly wallet: Wallet;
  readonly orderExternalId: string;
  readonly note?: string | undefined;
}

/** Burns points without a hold before: a donation, a reward. It is a redemption like any other, and refunded like one. */
export async function redeemNow(tx: Tx, at: Now, burn: BurnNow): Promise<Outcome<Pick<Redeemed, 'redemption' | 'balance'>>> {
  const { partnerId, member, currency, points, wallet } = burn;
  const { coalition, now } = at;
  if (burn.locationId !== undefined && !isName(burn.locationId)) return invalid('locationId', 'A location has 1 to 200 characters.');
  const granted = await grantBurn(tx, at, burn);
  if ('refused' in granted) return granted;
  const allocated = await allocateBurn(tx, at, { partnerId, currency, clause: granted.done, wallet, points });
  if ('refused' in allocated) return allocated;
  const allocations = allocated.done;
  const redemption: Redemption = {
    id: newId(),
    partnerId,
    memberId: member.id,
    currencyNo: currency.no,
    status: 'CAPTURED',
    orderExternalId: burn.orderExternalId,
    channel: burn.channel,
    locationId: burn.locationId,
    note: burn.note,
    orderMinor: undefined,
    createdAt: now,
    expiresAt: now,
    capturedAt: now,
    heldPoints: points,
    capturedPoints: points,
    releasedPoints: 0n,
    refundedPoints: 0n,
    reimbursementMicros: reimbursementOf(allocations),
    allocations,
  };
  const facts = factsOf(redemption, now);
  const posting = redemptionPaid(facts, allocations);
  const postings = [...burnFunded('redemption.funded', facts, allocations), posting];
  await postDecided(tx, await drawDeposits(tx, coalition, now, postings), [wallet]);
  await slideExpiry(tx, coalition, [{ wallet, at: now }]);
  await insertRedemptions(tx, [redemption]);
  return { done: { redemption, balance: balanceAfter(wallet, wallet.account, posting) } };
}
