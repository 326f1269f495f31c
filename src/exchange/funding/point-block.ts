/** Points of one currency that a partner has paid for and issues from. */
export interface PointBlock {
  readonly id: string;
  readonly partnerId: string;
  readonly currencyNo: number;
  readonly points: bigint;
  readonly remaining: bigint;
  readonly redemptionMicros: bigint;
  readonly serviceMicros: bigint;
  readonly alertPoints: bigint | undefined;
  readonly purchasedAt: Date;
}

/** What an accrual took from one block, and at which price. */
export interface BlockPart {
  readonly blockId: string;
  readonly points: bigint;
  /** What of it has gone back to the block. */
  readonly returned: bigint;
  readonly redemptionMicros: bigint;
  readonly serviceMicros: bigint;
  /** The lot in which these points entered the wallet; undefined while they are pending. */
  readonly lotId: string | undefined;
}
