import { done, type Outcome } from '../../kernel/refusal.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import type { Attempt } from '../../platform/idempotency.ts';
import { type Claimed, claimOnce } from './change-claim.ts';
import { checkDecidable } from './claim.rules.ts';
import type { Claim } from './claim.ts';
import { lockClaim, updateClaim } from './claims.queries.ts';

export interface ReviewClaim {
  readonly attempt: Attempt;
  readonly viewer: Viewer;
  readonly claimId: string;
}

/** Whoever answers for a claim says that it is being looked into. Doing so twice, or with an escalated one, changes nothing. */
export async function reviewClaim(tx: Tx, { attempt, viewer, claimId }: ReviewClaim): Promise<Outcome<Claimed>> {
  const { coalition, now } = await coalitionNow(tx);
  return claimOnce(tx, attempt, async () => {
    const claim = checkDecidable(await lockClaim(tx, claimId), viewer, coalition, now);
    if ('refused' in claim || claim.done.status !== 'OPENED') return claim;
    const after: Claim = { ...claim.done, status: 'PARTNER_REVIEW' };
    await updateClaim(tx, after);
    return done(after);
  });
}
