import { type Outcome, refused } from '../../kernel/refusal.ts';
import { postDecided } from '../../ledger/post.ts';
import { pendingAccrualConfirmed } from '../../ledger/postings/accrual.ts';
import { balanceAfter, type WalletBalance } from '../../ledger/wallets.ts';
import { type Coalition, coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { slideExpiry } from '../expiry/slide-expiry.ts';
import { storeLots } from '../funding/point-blocks.queries.ts';
import { findDuePending } from './accrual.queries.ts';
import type { Accrual } from './accrual.ts';
import { type AccrualChange, changeAccrual, type LockedAccrual, lockAccruals, updateAccruals } from './change-accrual.ts';
import { factsOf, intoLots, lotsOf, partsLeft } from './charged-accrual.rules.ts';
import type { Accrued } from './store-accruals.ts';

function confirmed(accrual: Accrual): Accrual {
  return { ...intoLots(accrual), status: accrual.reversedPoints === 0n ? 'CONFIRMED' : 'PARTIALLY_REVERSED' };
}

function postingOf(accrual: Accrual, coalition: Coalition) {
  if (accrual.lotId === undefined) return undefined;
  return pendingAccrualConfirmed(factsOf(accrual), partsLeft(accrual), lotsOf(accrual, coalition));
}

async function confirmAll(
  tx: Tx,
  coalition: Coalition,
  pending: readonly LockedAccrual[],
): Promise<Pick<Accrued, 'accrual' | 'balance'>[]> {
  const balances = new Map<bigint, WalletBalance>();
  const changed = pending.map(({ accrual, wallet }) => {
    const after = confirmed(accrual);
    const posting = postingOf(after, coalition);
    const before = balances.get(wallet.accountId) ?? wallet;
    const balance = posting === undefined ? before : balanceAfter(before, wallet.account, posting);
    balances.set(wallet.accountId, balance);
    return { accrual: after, wallet, posting, balance };
  });
  const postings = changed.flatMap(({ posting }) => (posting === undefined ? [] : [posting]));
  await postDecided(
    tx,
    postings,
    pending.map(({ wallet }) => wallet),
  );
  await slideExpiry(
    tx,
    coalition,
    changed.map(({ accrual, wallet }) => ({ wallet, at: accrual.occurredAt, lotId: accrual.lotId })),
  );
  await updateAccruals(
    tx,
    changed.map(({ accrual }) => accrual),
  );
  await storeLots(
    tx,
    changed.flatMap(({ accrual }) => (accrual.blocks.length === 0 ? [] : [{ accrualId: accrual.id, parts: accrual.blocks }])),
  );
  return changed;
}

/** Confirms a pending accrual; one that is confirmed already stays as it is and is answered. */
export function confirmAccrual(tx: Tx, change: AccrualChange): Promise<Outcome<Accrued>> {
  return changeAccrual(tx, change, async (locked, { coalition }) => {
    const { accrual } = locked;
    if (accrual.status === 'CANCELLED') return refused('VALIDATION', 'The accrual was cancelled.', { field: ['accrualId'] });
    if (accrual.status !== 'PENDING') return { done: { accrual, balance: locked.wallet } };
    const [done] = await confirmAll(tx, coalition, [locked]);
    if (done === undefined) throw new Error('nothing was confirmed');
    return { done };
  });
}

/** Confirms a bounded number of accruals whose pending period has passed; answers how many. */
export async function confirmDueAccruals(tx: Tx, asOf: Date, limit: number): Promise<number> {
  const due = await findDuePending(tx, asOf, limit);
  const locked = await lockAccruals(
    tx,
    due.map((accrual) => accrual.id),
  );
  // Others may have confirmed some of them before their wallets were locked here.
  const pending = locked.filter(({ accrual }) => accrual.status === 'PENDING');
  const { coalition } = await coalitionNow(tx);
  return (await confirmAll(tx, coalition, pending)).length;
}
