/** Points that one member gave to another, as stored. */
export interface Transfer {
  readonly id: string;
  readonly fromMemberId: string;
  readonly toMemberId: string;
  readonly currencyNo: number;
  readonly points: bigint;
  readonly note: string | undefined;
  readonly at: Date;
}
