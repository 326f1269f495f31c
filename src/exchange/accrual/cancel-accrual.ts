import { dayOf } from '../../kernel/instant.ts';
import { type Outcome, refused } from '../../kernel/refusal.ts';
import { postDecided } from '../../ledger/post.ts';
import { accrualCancelled } from '../../ledger/postings/accrual.ts';
import { balanceAfter } from '../../ledger/wallets.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import type { Accrual } from './accrual.ts';
import { type AccrualChange, changeAccrual, updateAccruals } from './change-accrual.ts';
import type { Accrued } from './store-accruals.ts';

/** Takes back the promise of a pending accrual. A confirmed one is reversed instead. */
export function cancelAccrual(tx: Tx, change: AccrualChange): Promise<Outcome<Accrued>> {
  return changeAccrual(tx, change, async ({ accrual, wallet }) => {
    if (accrual.status === 'CANCELLED') return { done: { accrual, balance: wallet } };
    if (accrual.status !== 'PENDING')
      return refused('VALIDATION', 'The accrual is not pending any more: reverse it.', { field: ['accrualId'] });
    const points = accrual.points - accrual.reversedPoints;
    const { coalition, now } = await coalitionNow(tx);
    const { timeZone } = coalition.program;
    const after: Accrual = { ...accrual, status: 'CANCELLED' };
    if (points === 0n) {
      await updateAccruals(tx, [after]);
      await giveBackUsage(tx, accrual, timeZone);
      return { done: { accrual: after, balance: wallet } };
    }
    const posting = accrualCancelled({ reference: accrual.id, ...accrual, occurredAt: now, points });
    await postDecided(tx, [posting], [wallet]);
    await updateAccruals(tx, [after]);
    await giveBackUsage(tx, accrual, timeZone);
    return { done: { accrual: after, balance: balanceAfter(wallet, wallet.account, posting) } };
  });
}

/** What never earned does not use up the caps of its day. */
async function giveBackUsage(tx: Tx, accrual: Accrual, timeZone: string): Promise<void> {
  // A rule that gave in two lines, by its rate and by a bonus, was counted once.
  const used = new Map(accrual.contributions.flatMap(({ counted }) => (counted === undefined ? [] : [[counted.usageKey, counted.minor]])));
  if (used.size === 0) return;
  await tx.rows(
    `update exchange.rule_usage u set spend_minor = greatest(0, u.spend_minor - n.spend), times = greatest(0, u.times - 1)
     from unnest($3::text[], $4::bigint[]) as n (rule, spend)
     where u.member_id = $1 and u.day = $2::date and u.rule = n.rule`,
    [accrual.memberId, dayOf(accrual.occurredAt, timeZone), [...used.keys()], [...used.values()]],
  );
}
