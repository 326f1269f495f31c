import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import type { Attempt } from '../../platform/idempotency.ts';
import { type Claimed, claimOnce } from './change-claim.ts';
import { slaDue } from './claim.rules.ts';
import type { Claim } from './claim.ts';
import { lockClaim, updateClaim } from './claims.queries.ts';

export interface EscalateClaim {
  readonly attempt: Attempt;
  readonly memberId: string;
  readonly claimId: string;
}

/** A member does not accept a rejection: once, and then the operator decides for good. */
export function escalateClaim(tx: Tx, { attempt, memberId, claimId }: EscalateClaim): Promise<Outcome<Claimed>> {
  return claimOnce(tx, attempt, async () => {
    const claim = await lockClaim(tx, claimId);
    if (claim?.memberId !== memberId) return refused('FORBIDDEN', 'You have no such claim.', { field: ['claimId'] });
    if (claim.status !== 'REJECTED') return refused('CLAIM_RESOLVED', `Only a rejection is escalated; the claim is ${claim.status}.`);
    if (claim.escalatedAt !== null) return refused('CLAIM_RESOLVED', "The operator's decision is final.");
    const { now } = await coalitionNow(tx);
    const after: Claim = { ...claim, status: 'ESCALATED', assigneeId: null, escalatedAt: now, slaDueAt: slaDue(now), resolvedAt: null };
    await updateClaim(tx, after);
    return done(after);
  });
}
