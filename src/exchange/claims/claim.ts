import type { ClauseOf } from '../../partners/contracts/clause.ts';

export type ClaimStatus = 'OPENED' | 'PARTNER_REVIEW' | 'APPROVED' | 'REJECTED' | 'ESCALATED';
export type ClaimTask = ClauseOf<'responsibility'>['task'];

/** Points that a member misses, as stored. */
export interface Claim {
  readonly id: string;
  readonly memberId: string;
  /** The partner at which they were earned, as the member says. */
  readonly partnerId: string;
  readonly task: ClaimTask;
  readonly externalId: string | null;
  readonly occurredAt: Date;
  readonly amountMinor: bigint | null;
  readonly points: bigint | null;
  readonly note: string;
  readonly status: ClaimStatus;
  /** The partner that answers for the task; null for the operator. */
  readonly assigneeId: string | null;
  readonly openedAt: Date;
  readonly slaDueAt: Date;
  readonly escalatedAt: Date | null;
  readonly resolvedAt: Date | null;
  readonly reason: string | null;
  readonly accrualId: string | null;
}
