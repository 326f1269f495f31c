export type VoucherStatus = 'ISSUED' | 'REDEEMED';

/** What a member got for points that were bought back, as stored. */
export interface Voucher {
  readonly id: string;
  readonly code: string;
  readonly contractId: string;
  readonly memberId: string;
  readonly currencyNo: number;
  readonly points: bigint;
  readonly micros: bigint;
  readonly amountMinor: bigint;
  readonly status: VoucherStatus;
  readonly issuedAt: Date;
  readonly redeemedAt: Date | null;
}
