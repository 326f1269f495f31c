export const CYCLE_STATUSES = ['OPEN', 'CLOSING', 'CLOSED', 'ADVISED', 'RECONCILED', 'SETTLED'] as const;
export type CycleStatus = (typeof CYCLE_STATUSES)[number];

/** A clearing cycle: half-open, from `startsAt` until `cutoff`. */
export interface Cycle {
  readonly no: number;
  readonly id: string;
  readonly status: CycleStatus;
  readonly startsAt: Date;
  readonly cutoff: Date;
}
