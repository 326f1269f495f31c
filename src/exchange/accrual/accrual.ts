import type { Charge } from '../../ledger/postings/accrual.ts';
import type { BlockPart } from '../funding/point-block.ts';
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
  /** Who pays: the partner, its prepaid blocks, or the joint promotion that it names. */
  readonly charge: Charge['to'];
  /** The first of its lots. */
  readonly lotId: string | undefined;
  /** What it took from which prepaid blocks; the prices of its points are theirs. */
  readonly blocks: readonly BlockPart[];
  readonly contributions: readonly Contribution[];
}
