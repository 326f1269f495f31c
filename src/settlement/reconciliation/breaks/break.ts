import type { Result, RowKind } from '../reconciliation.ts';

export type BreakState = 'OPEN' | 'PROPOSED' | 'RESOLVED' | 'SUPERSEDED';
export type Resolution = 'ADJUST' | 'ACCEPT_OURS' | 'ACCEPT_THEIRS' | 'NO_ACTION';

/** One thing on which a partner's file and the rows here do not agree. */
export interface Break {
  readonly id: string;
  readonly no: bigint;
  readonly partnerId: string;
  readonly runId: string;
  readonly result: Exclude<Result, 'MATCHED'>;
  readonly kind: RowKind;
  readonly key: string;
  readonly memberId: string | null;
  readonly theirNo: number | null;
  readonly theirDay: string | null;
  readonly theirAmount: bigint | null;
  readonly ourNo: number | null;
  readonly ourDay: string | null;
  readonly ourAmount: bigint | null;
  readonly openedAt: Date;
  readonly owner: string | null;
  readonly state: BreakState;
  readonly resolution: Resolution | null;
  /** + the partner receives. */
  readonly adjustmentMinor: bigint | null;
  readonly note: string | null;
  readonly proposedBy: string | null;
  readonly proposedAt: Date | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly adjustmentId: string | null;
}
