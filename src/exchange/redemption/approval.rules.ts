import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import type { ApprovalPolicy } from '../../partners/program/approval-policy.ts';
import type { Redemption } from './redemption.ts';

/** Whether a hold waits for its member: because of its size, or because the partner wants it so. */
export const needsApproval = (
  { fromPoints }: ApprovalPolicy,
  hold: { readonly points: bigint; readonly memberApproval: boolean },
): boolean => hold.memberApproval || (fromPoints !== undefined && hold.points >= fromPoints);

/** A hold that is neither captured nor given back, whether or not its member has approved it. */
export const isUnresolved = ({ status }: Pick<Redemption, 'status'>): boolean => status === 'HELD' || status === 'AWAITING_MEMBER_APPROVAL';

/** Refuses what only an open hold allows. The clock decides, not the job that releases holds. */
export function checkOpen(redemption: Redemption, now: Date): Outcome<Redemption> {
  if (redemption.status === 'EXPIRED_HOLD' || (isUnresolved(redemption) && redemption.expiresAt <= now)) {
    return refused('HOLD_EXPIRED', 'The hold has passed its time: hold the points again.');
  }
  return isUnresolved(redemption) ? done(redemption) : refused('HOLD_RESOLVED', `The hold is resolved already: ${redemption.status}.`);
}

/** Refuses to burn what the member has still to approve. */
export function checkApproved(redemption: Redemption, now: Date): Outcome<Redemption> {
  const open = checkOpen(redemption, now);
  return 'done' in open && redemption.status === 'AWAITING_MEMBER_APPROVAL'
    ? refused('STEP_UP_REQUIRED', 'The member must approve this redemption first, by `approveStepUp`.', { field: ['redemptionId'] })
    : open;
}

/** Refuses a word of the member where none is waited for. */
export function checkAwaiting(redemption: Redemption, now: Date): Outcome<Redemption> {
  const open = checkOpen(redemption, now);
  return 'done' in open && redemption.status !== 'AWAITING_MEMBER_APPROVAL'
    ? refused('HOLD_RESOLVED', 'The hold does not wait for an approval.', { field: ['redemptionId'] })
    : open;
}
