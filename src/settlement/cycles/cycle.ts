export const CYCLE_STATUSES = ['OPEN', 'CLOSING', 'CLOSED', 'ADVISED', 'RECONCILED', 'SETTLED'] as const;
export type CycleStatus = (typeof CYCLE_STATUSES)[number];

/** A clearing cycle: half-open, from `startsAt` until `cutoff`. */
export interface Cycle {
  readonly no: number;
  readonly id: string;
  readonly status: CycleStatus;
  readonly startsAt: Date;
  readonly cutoff: Date;
  /** When each step of its life was taken; null while it was not. */
  readonly closedAt: Date | null;
  readonly advisedAt: Date | null;
  readonly reconciledAt: Date | null;
  readonly settledAt: Date | null;
  /** Seals its lines and entries; null until it is closed. */
  readonly batchHash: string | null;
}

/** Whether its lines are frozen. */
export const isFrozen = ({ status }: Pick<Cycle, 'status'>): boolean => status !== 'OPEN' && status !== 'CLOSING';

/** The instant whose terms speak for a cycle: now while it is open, else its last. */
export function speakingAt({ status, cutoff }: Pick<Cycle, 'status' | 'cutoff'>, now: Date): Date {
  return status === 'OPEN' ? now : new Date(cutoff.getTime() - 1);
}

/** For how many partners what a query lists of a cycle is counted, where its cost is weighed. */
export const MANY_PARTNERS = 50;
