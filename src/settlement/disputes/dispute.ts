export const DISPUTE_STATUSES = [
  'OPENED',
  'UNDER_REVIEW',
  'EVIDENCE_REQUESTED',
  'EVIDENCE_PROVIDED',
  'ACCEPTED',
  'PARTIALLY_ACCEPTED',
  'REJECTED',
  'WITHDRAWN',
] as const;
export type DisputeStatus = (typeof DISPUTE_STATUSES)[number];

/** Who took a step: the policy, when nobody answered in time. */
export type DisputeActor = 'PARTNER' | 'OPERATOR' | 'POLICY';

/** A partner's challenge to a part or the whole of its share of a frozen line. */
export interface Dispute {
  readonly id: string;
  readonly shareId: string;
  readonly statementId: string;
  readonly cycleNo: number;
  readonly partnerId: string;
  readonly reason: string;
  readonly disputedMinor: bigint;
  readonly status: DisputeStatus;
  /** 1, and one more for each escalation. */
  readonly stage: number;
  /** Null until it is decided. */
  readonly acceptedMinor: bigint | null;
  readonly adjustmentId: string | null;
  readonly openedAt: Date;
  /** By when the operator must answer; null while it need not. */
  readonly dueAt: Date | null;
  /** The last instant at which its rejection may be escalated. */
  readonly escalableUntil: Date | null;
  readonly resolvedAt: Date | null;
}

/** What was said, shown or decided with one step. */
export interface DisputeWords {
  readonly note: string | null;
  /** Stored ids of ledger entries that show it. */
  readonly entryIds: readonly string[];
}

/** One step that was taken with a dispute. */
export interface DisputeStep extends DisputeWords {
  readonly disputeId: string;
  readonly no: number;
  readonly status: DisputeStatus;
  readonly stage: number;
  readonly actor: DisputeActor;
  readonly acceptedMinor: bigint | null;
  readonly at: Date;
}
