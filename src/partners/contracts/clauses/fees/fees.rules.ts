import type { ClauseOf } from '../../clause.ts';

type Terms = ClauseOf<'fees'>;

const HOUR_MS = 3_600_000;

/** Whether a purchase was reported so late that it costs: strictly more hours after it than are free. */
export function isLate({ lateSubmissionHours }: Pick<Terms, 'lateSubmissionHours'>, occurredAt: Date, recordedAt: Date): boolean {
  return lateSubmissionHours !== undefined && recordedAt.getTime() - occurredAt.getTime() > lateSubmissionHours * HOUR_MS;
}

/** What the platform costs a clearing cycle, in minor units of the settlement currency. */
export function platformFeeMinor({ platformFeePerCycle }: Pick<Terms, 'platformFeePerCycle'>): bigint {
  return platformFeePerCycle?.minor ?? 0n;
}
