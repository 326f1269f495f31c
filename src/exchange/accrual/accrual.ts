import type { Contribution } from './earn.rules.ts';

export const ACCRUAL_STATUSES = ['PENDING', 'CONFIRMED', 'PARTIALLY_REVERSED', 'REVERSED', 'CANCELLED', 'ON_HOLD_REVIEW'] as const;
export type AccrualStatus = (typeof ACCRUAL_STATUSES)[number];

/** One earn transaction, as stored. */
export interface Accrual {
  readonly id: string;
  readonly partnerId: string;
  readonly externalId: string;
  readonly memberId: string;
  readonly currencyNo: number;
  readonly status: AccrualStatus;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
  readonly channel: string;
  readonly locationId: string | undefined;
  readonly promotion: string | undefined;
  readonly amountMinor: bigint | undefined;
  readonly points: bigint;
  readonly reversedPoints: bigint;
  readonly returnedMinor: bigint;
  readonly pendingUntil: Date | undefined;
  readonly redemptionMicros: bigint;
  readonly serviceMicros: bigint;
  readonly fundedMicros: bigint;
  readonly lotId: string | undefined;
  readonly contributions: readonly Contribution[];
}
