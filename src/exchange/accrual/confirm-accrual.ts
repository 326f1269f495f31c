import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { pendingAccrualConfirmed } from '../../ledger/postings/accrual.ts';
import { type Coalition, coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { findDuePending } from './accrual.queries.ts';
import type { Accrual } from './accrual.ts';
import { type AccrualChange, changeAccrual, type LockedAccrual, lockAccruals } from './change-accrual.ts';
import { factsOf, intoLots, lotsOf, partsLeft } from './charged-accrual.rules.ts';
import { type DecidedChange, postChanges, storeChanges } from './post-changes.ts';
import type { Accrued } from './store-accruals.ts';

function confirmed({ accrual, wallet }: LockedAccrual, coalition: Coalition): DecidedChange {
  const after: Accrual = { ...intoLots(accrual), status: accrual.reversedPoints === 0n ? 'CONFIRMED' : 'PARTIALLY_REVERSED' };
  const posting =
    after.lotId === undefined ? undefined : pendingAccrualConfirmed(factsOf(after), partsLeft(after), lotsOf(after, coalition));
  return { accrual: after, wallet, posting, isEarned: true };
}

/** Confirms a pending accrual; one that is confirmed already stays as it is and is answered. */
export function confirmAccrual(tx: Tx, change: AccrualChange): Promise<Outcome<Accrued>> {
  return changeAccrual(tx, change, (locked, { coalition }) => {
    const { status } = locked.accrual;
    if (status === 'CANCELLED') return refused('VALIDATION', 'The accrual was cancelled.', { field: ['accrualId'] });
    return done(status === 'PENDING' ? confirmed(locked, coalition) : undefined);
  });
}

/** Confirms a bounded number of accruals whose pending period has passed; answers how many. */
export async function confirmDueAccruals(tx: Tx, asOf: Date, limit: number): Promise<number> {
  const due = await findDuePending(tx, asOf, limit);
  const locked = await lockAccruals(
    tx,
    due.map((accrual) => accrual.id),
  );
  const { coalition } = await coalitionNow(tx);
  // Others may have confirmed some of them before their wallets were locked here.
  const pending = locked.filter(({ accrual }) => accrual.status === 'PENDING');
  const changes = pending.map((one) => confirmed(one, coalition));
  await postChanges(tx, changes);
  await storeChanges(tx, coalition, changes);
  return changes.length;
}
