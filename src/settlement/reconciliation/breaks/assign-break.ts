import { isName } from '../../../exchange/accrual/accrual.rules.ts';
import { done, invalid, type Outcome } from '../../../kernel/refusal.ts';
import type { Tx } from '../../../platform/database.ts';
import type { Attempt } from '../../../platform/idempotency.ts';
import { checkBreak, type Deciding } from './break.rules.ts';
import type { Break } from './break.ts';
import { lockBreak } from './breaks.queries.ts';
import { changeBreak } from './change-break.ts';

export interface AssignBreak {
  readonly attempt: Attempt;
  readonly viewer: Deciding;
  readonly breakId: string;
  /** Null for nobody. */
  readonly owner: string | null;
}

/** Says who looks after a break. */
export function assignBreak(tx: Tx, { attempt, viewer, breakId, owner }: AssignBreak): Promise<Outcome<Break>> {
  return changeBreak(tx, attempt, breakId, async () => {
    if (owner !== null && (!isName(owner) || owner.trim() === '')) return invalid('owner', 'The name of an owner has 1 to 200 characters.');
    const found = checkBreak(await lockBreak(tx, breakId), viewer, 'OPEN', 'PROPOSED');
    return 'refused' in found ? found : done({ ...found.done, owner });
  });
}
