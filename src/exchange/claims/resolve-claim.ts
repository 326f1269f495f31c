import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { principalOf, type Viewer } from '../../kernel/viewer.ts';
import { lockWallets } from '../../ledger/wallets.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import type { Attempt } from '../../platform/idempotency.ts';
import { currencyOf } from '../accrual/accrual.rules.ts';
import { accrueMany } from '../accrual/accrue.ts';
import { type Claimed, claimOnce } from './change-claim.ts';
import { checkDecidable, checkText, isOverdue, purchaseOf } from './claim.rules.ts';
import type { Claim } from './claim.ts';
import { insertBreach } from './claim-breaches.queries.ts';
import { lockClaim, readClaims, updateClaim } from './claims.queries.ts';

export type ClaimDecision = 'APPROVE' | 'REJECT';

export interface ResolveClaim {
  readonly attempt: Attempt;
  readonly viewer: Viewer;
  readonly claimId: string;
  readonly decision: ClaimDecision;
  readonly reason: string | undefined;
}

/** Whoever answers for a claim decides it: the points are earned at the partner as of the original day, or the member is told why not. */
export async function resolveClaim(tx: Tx, command: ResolveClaim): Promise<Outcome<Claimed>> {
  const { viewer, claimId, decision } = command;
  const { coalition, now } = await coalitionNow(tx);
  const [wanted] = await readClaims(tx, [claimId]);
  // Wallets before rows, as everywhere: what cannot be earned in any currency needs no wallet.
  const currency = wanted && currencyOf(coalition, wanted.partnerId, undefined, wanted.occurredAt);
  if (wanted !== undefined && currency !== undefined && 'done' in currency)
    await lockWallets(tx, [{ memberId: wanted.memberId, unit: currency.done.no }]);
  return claimOnce(tx, command.attempt, async () => {
    const reason = command.reason === undefined ? undefined : checkText(command.reason, 'reason');
    if (reason !== undefined && 'refused' in reason) return reason;
    if (decision === 'REJECT' && reason === undefined) return refused('VALIDATION', 'A rejection says why.', { field: ['reason'] });
    const claim = checkDecidable(await lockClaim(tx, claimId), viewer, coalition, now);
    if ('refused' in claim) return claim;
    if (isOverdue(claim.done, now)) await insertBreach(tx, claim.done, now);
    const after: Claim = { ...claim.done, status: 'REJECTED', resolvedAt: now, reason: reason?.done ?? null };
    if (decision === 'REJECT') {
      await updateClaim(tx, after);
      return done(after);
    }
    const accrualId = await earn(tx, viewer, claim.done, coalition.program.settlementCurrency);
    if ('refused' in accrualId) return accrualId;
    const approved: Claim = { ...after, status: 'APPROVED', accrualId: accrualId.done };
    await updateClaim(tx, approved);
    return done(approved);
  });
}

/** Earns what the claim is about; a receipt that has earned already is not earned again. */
async function earn(tx: Tx, viewer: Viewer, claim: Claim, currency: string): Promise<Outcome<string>> {
  const [outcome] = await accrueMany(tx, principalOf(viewer), claim.partnerId, [purchaseOf(claim, currency)]);
  if (outcome === undefined) throw new Error('a claim had no outcome');
  if ('done' in outcome && !outcome.done.replayed) return done(outcome.done.accrual.id);
  if ('done' in outcome || outcome.refused.code === 'IDEMPOTENCY_CONFLICT')
    return refused('DUPLICATE', `The purchase ${claim.externalId ?? ''} has earned its points already: reject the claim.`, {
      field: ['claimId'],
    });
  const { code, message, details } = outcome.refused;
  return refused(code, message, { field: ['claimId'], ...(details === undefined ? {} : { details }) });
}
