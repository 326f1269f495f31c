import { dayOf } from '../../kernel/instant.ts';
import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { accrualCancelled } from '../../ledger/postings/accrual.ts';
import type { Tx } from '../../platform/database.ts';
import type { Accrual } from './accrual.ts';
import type { Used } from './change-accrual.queries.ts';
import { type AccrualChange, changeAccrual } from './change-accrual.ts';
import { factsOf, takeParts } from './charged-accrual.rules.ts';
import type { Accrued } from './store-accruals.ts';

/** Takes back the promise of a pending accrual. A confirmed one is reversed instead. */
export function cancelAccrual(tx: Tx, change: AccrualChange): Promise<Outcome<Accrued>> {
  return changeAccrual(tx, change, ({ accrual, wallet }, { coalition, now }) => {
    if (accrual.status === 'CANCELLED') return done(undefined);
    if (accrual.status !== 'PENDING')
      return refused('VALIDATION', 'The accrual is not pending any more: reverse it.', { field: ['accrualId'] });
    const points = accrual.points - accrual.reversedPoints;
    const { parts, back, blocks } = takeParts(accrual, points);
    return done({
      accrual: { ...accrual, status: 'CANCELLED', blocks },
      wallet,
      posting: points === 0n ? undefined : accrualCancelled(factsOf(accrual, now), parts),
      back,
      unused: usedBy(accrual, coalition.program.timeZone),
    });
  });
}

/** What never earned does not use up the caps of its day. */
function usedBy({ memberId, occurredAt, contributions }: Accrual, timeZone: string): Used[] {
  const day = dayOf(occurredAt, timeZone);
  // A rule that gave in two lines, by its rate and by a bonus, was counted once.
  const used = new Map(contributions.flatMap(({ counted }) => (counted === undefined ? [] : [[counted.usageKey, counted.minor]])));
  return [...used].map(([rule, spendMinor]) => ({ memberId, rule, day, spendMinor }));
}
