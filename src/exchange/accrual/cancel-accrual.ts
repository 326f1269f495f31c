import { dayOf } from '../../kernel/instant.ts';
import { type Outcome, refused } from '../../kernel/refusal.ts';
import { postDecided } from '../../ledger/post.ts';
import { accrualCancelled } from '../../ledger/postings/accrual.ts';
import { balanceAfter } from '../../ledger/wallets.ts';
import type { Tx } from '../../platform/database.ts';
import { returnToBlocks } from '../funding/point-blocks.queries.ts';
import type { Accrual } from './accrual.ts';
import { type AccrualChange, changeAccrual, updateAccruals } from './change-accrual.ts';
import { factsOf, takeParts } from './charged-accrual.rules.ts';
import type { Accrued } from './store-accruals.ts';

/** Takes back the promise of a pending accrual. A confirmed one is reversed instead. */
export function cancelAccrual(tx: Tx, change: AccrualChange): Promise<Outcome<Accrued>> {
  return changeAccrual(tx, change, async ({ accrual, wallet }, { coalition, now }) => {
    if (accrual.status === 'CANCELLED') return { done: { accrual, balance: wallet } };
    if (accrual.status !== 'PENDING')
      return refused('VALIDATION', 'The accrual is not pending any more: reverse it.', { field: ['accrualId'] });
    const points = accrual.points - accrual.reversedPoints;
    const { timeZone } = coalition.program;
    const { parts, back, blocks } = takeParts(accrual, points);
    const after: Accrual = { ...accrual, status: 'CANCELLED', blocks };
    if (points === 0n) {
      await updateAccruals(tx, [after]);
      await giveBackUsage(tx, accrual, timeZone);
      return { done: { accrual: after, balance: wallet } };
    }
    await returnToBlocks(tx, back, { accrualId: accrual.id, parts: blocks });
    const posting = accrualCancelled(factsOf(accrual, now), parts);
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
