import { done, type Outcome } from '../../../kernel/refusal.ts';
import { coalitionNow } from '../../../partners/coalition.ts';
import type { Tx } from '../../../platform/database.ts';
import type { Attempt } from '../../../platform/idempotency.ts';
import { postAdjustment } from '../../adjustments/post-adjustment.ts';
import { checkBreak, checkFourEyes, type Deciding } from './break.rules.ts';
import type { Break } from './break.ts';
import { lockBreak } from './breaks.queries.ts';
import { changeBreak } from './change-break.ts';

export interface DecideResolution {
  readonly attempt: Attempt;
  readonly viewer: Deciding;
  readonly breakId: string;
  readonly decision: 'APPROVE' | 'REJECT';
}

const NO_PROPOSAL = { resolution: null, adjustmentMinor: null, note: null, proposedBy: null, proposedAt: null } as const;

/** PROPOSED to RESOLVED by somebody else than the proposer, with its adjustment posted once; or, rejected, back to OPEN. */
export function decideResolution(tx: Tx, { attempt, viewer, breakId, decision }: DecideResolution): Promise<Outcome<Break>> {
  return changeBreak(tx, attempt, breakId, async () => {
    const found = checkBreak(await lockBreak(tx, breakId), viewer, 'PROPOSED');
    if ('refused' in found) return found;
    if (decision === 'REJECT') return done({ ...found.done, ...NO_PROPOSAL, state: 'OPEN' });
    const person = checkFourEyes(found.done, viewer);
    if ('refused' in person) return person;
    const { now } = await coalitionNow(tx);
    const adjustmentId = await adjust(tx, found.done);
    return done({ ...found.done, state: 'RESOLVED', decidedBy: person.done, decidedAt: now, adjustmentId });
  });
}

async function adjust(tx: Tx, { partnerId, kind, key, result, adjustmentMinor }: Break): Promise<string | null> {
  if (adjustmentMinor === null) return null;
  return postAdjustment(tx, { partnerId, minor: adjustmentMinor, description: `Reconciliation: ${kind} ${key}, ${result}` });
}
