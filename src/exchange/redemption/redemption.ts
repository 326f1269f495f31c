import type { BurnedLot } from '../../ledger/postings/redemption.ts';

export const REDEMPTION_STATUSES = [
  'AWAITING_MEMBER_APPROVAL',
  'HELD',
  'CAPTURED',
  'VOIDED',
  'EXPIRED_HOLD',
  'PARTIALLY_REFUNDED',
  'REFUNDED',
] as const;
export type RedemptionStatus = (typeof REDEMPTION_STATUSES)[number];

/** Points taken from one lot, with the prices of the hold; after the capture, with those of the capture. */
export interface RedemptionAllocation extends BurnedLot {
  readonly expiresAt: Date | undefined;
}

/** One burn, as stored. */
export interface Redemption {
  readonly id: string;
  readonly partnerId: string;
  readonly memberId: string;
  readonly currencyNo: number;
  readonly status: RedemptionStatus;
  readonly orderExternalId: string;
  readonly channel: string;
  /** The partner's own id of the location, when it said one. */
  readonly locationId?: string | undefined;
  /** What the member said with it. */
  readonly note?: string | undefined;
  /** The whole order in minor units, when the partner said it. */
  readonly orderMinor: bigint | undefined;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly capturedAt: Date | undefined;
  /** Whether its member must approve it before it is captured; not when left out. */
  readonly needsApproval?: boolean | undefined;
  readonly approvedAt?: Date | undefined;
  readonly heldPoints: bigint;
  readonly capturedPoints: bigint;
  readonly releasedPoints: bigint;
  readonly refundedPoints: bigint;
  /** What the partner was reimbursed at capture, in micros, before fees and refunds. */
  readonly reimbursementMicros: bigint;
  /** In the order of consumption. */
  readonly allocations: readonly RedemptionAllocation[];
}
