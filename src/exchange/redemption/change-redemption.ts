import { invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import { accountKey, wallet } from '../../ledger/account.ts';
import type { RedemptionFacts } from '../../ledger/postings/redemption.ts';
import { lockWallets, type Wallet, type WalletBalance } from '../../ledger/wallets.ts';
import type { Db, Tx } from '../../platform/database.ts';
import { type Attempt, once, type Recorded } from '../../platform/idempotency.ts';
import { keepBalance, restoreBalance } from '../wallets/kept-balance.ts';
import { isUnresolved } from './approval.rules.ts';
import { fromAllocations, readRedemptions, toAllocations } from './redemption.queries.ts';
import type { Redemption, RedemptionStatus } from './redemption.ts';

/** A redemption that was changed, now or before, with the balance right after it. */
export interface Redeemed {
  readonly redemption: Redemption;
  readonly balance: WalletBalance;
  readonly replayed: boolean;
}

/** A redemption as it is under the lock of its wallet. */
export interface LockedRedemption {
  readonly redemption: Redemption;
  readonly wallet: Wallet;
}

/** A change of one redemption that its partner or its member asks for. */
export interface RedemptionChange {
  readonly attempt: Attempt;
  readonly viewer: Extract<Viewer, { role: 'PARTNER' | 'MEMBER' }>;
  readonly redemptionId: string;
}

/** Locks the wallets of redemptions, then reads the redemptions as they are now. */
export async function lockRedemptions(tx: Tx, ids: readonly string[]): Promise<LockedRedemption[]> {
  const owners = (await readRedemptions(tx, ids)).filter((redemption) => redemption !== undefined);
  const wallets = await lockWallets(
    tx,
    owners.map((redemption) => ({ memberId: redemption.memberId, unit: redemption.currencyNo })),
  );
  const redemptions = await readRedemptions(tx, ids);
  return redemptions.flatMap((redemption) => {
    const locked = redemption && wallets.get(accountKey(wallet(redemption.memberId, redemption.currencyNo)));
    return redemption !== undefined && locked !== undefined ? [{ redemption, wallet: locked }] : [];
  });
}

/** What is kept to answer a repetition with the first result. */
export function toRecord({ redemption, balance }: Pick<Redeemed, 'redemption' | 'balance'>): Recorded {
  return {
    redemption: redemption.id,
    status: redemption.status,
    captured: redemption.capturedPoints.toString(),
    released: redemption.releasedPoints.toString(),
    refunded: redemption.refundedPoints.toString(),
    // A capture gives them other prices, and may leave some out.
    ...(isUnresolved(redemption) ? { held: fromAllocations(redemption.allocations) } : {}),
    balance: keepBalance(balance),
  };
}

/** The redemption as it was when the recorded outcome was first answered. */
export async function fromRecord(db: Db, record: Recorded): Promise<Redeemed> {
  const [redemption] = await readRedemptions(db, [String(record.redemption)]);
  if (redemption === undefined) throw new Error(`redemption ${String(record.redemption)} was recorded but is not stored`);
  return {
    redemption: {
      ...redemption,
      status: record.status as RedemptionStatus,
      ...(record.status === 'AWAITING_MEMBER_APPROVAL' ? { approvedAt: undefined } : {}),
      capturedPoints: BigInt(String(record.captured)),
      releasedPoints: BigInt(String(record.released)),
      refundedPoints: BigInt(String(record.refunded)),
      ...(typeof record.held === 'string' ? { reimbursementMicros: 0n, allocations: toAllocations(record.held) } : {}),
    },
    balance: restoreBalance(record.balance),
    replayed: true,
  };
}

/** Runs one idempotent use case about a redemption. */
export async function redeemOnce(
  tx: Tx,
  attempt: Attempt,
  work: () => Promise<Outcome<Pick<Redeemed, 'redemption' | 'balance'>>>,
): Promise<Outcome<Redeemed>> {
  const outcome = await once<Redeemed>(
    tx,
    attempt,
    (recorded) => fromRecord(tx, recorded),
    async () => {
      const changed = await work();
      return 'refused' in changed ? changed : { done: { value: { ...changed.done, replayed: false }, record: toRecord(changed.done) } };
    },
  );
  return 'refused' in outcome ? outcome : { done: { ...outcome.done.value, replayed: outcome.done.replayed } };
}

/** Runs one idempotent change of a redemption of the viewer's own, for a number of points where one is named. */
export async function changeRedemption(
  tx: Tx,
  change: RedemptionChange,
  work: (locked: LockedRedemption) => Promise<Outcome<Pick<Redeemed, 'redemption' | 'balance'>>>,
  points?: bigint,
): Promise<Outcome<Redeemed>> {
  const [locked] = await lockRedemptions(tx, [change.redemptionId]);
  return redeemOnce(tx, change.attempt, async () => {
    if (points !== undefined && points < 1n) return invalid('points', 'At least one point is needed.');
    // Whether the id is unknown or somebody else's is not told.
    if (locked === undefined || !isOf(change.viewer, locked.redemption)) {
      return refused('FORBIDDEN', `This ${change.viewer.role.toLowerCase()} has no such redemption.`, { field: ['redemptionId'] });
    }
    return work(locked);
  });
}

const isOf = (viewer: RedemptionChange['viewer'], { partnerId, memberId }: Redemption): boolean =>
  viewer.role === 'PARTNER' ? viewer.partnerId === partnerId : viewer.memberId === memberId;

/** The redemption as its postings see it. */
export const factsOf = (redemption: Redemption, occurredAt: Date): RedemptionFacts => ({
  reference: redemption.id,
  memberId: redemption.memberId,
  partnerId: redemption.partnerId,
  currencyNo: redemption.currencyNo,
  occurredAt,
});
