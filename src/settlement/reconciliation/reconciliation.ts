export const ROW_KINDS = ['ACCRUAL', 'REVERSAL', 'REDEMPTION', 'REFUND', 'SALE'] as const;
export type RowKind = (typeof ROW_KINDS)[number];

export const RESULTS = ['MATCHED', 'AMOUNT_DIFF', 'DATE_DIFF', 'DUPLICATE', 'MISSING_HERE', 'MISSING_THERE'] as const;
export type Result = (typeof RESULTS)[number];

/** The rules by which rows of both sides are matched, the strongest first. */
export type Rule = 'KEY_AND_AMOUNT' | 'KEY_WITH_TOLERANCE' | 'KEY_GROUP' | 'KEY' | 'AMOUNT_DAY_MEMBER' | 'MEMBER_DAY_GROUP';

export type FileFormat = 'CSV' | 'JSONL' | 'XLSX';

/** How far rows that match by their key may lie apart. */
export interface Tolerances {
  readonly points: bigint;
  readonly days: number;
}

/** How many rows of a kind came to a result, and what they add up to. */
export interface Count {
  readonly result: Result;
  readonly kind: RowKind;
  readonly theirRows: number;
  readonly ourRows: number;
  /** Decimal, as it is kept. */
  readonly theirAmount: string;
  readonly ourAmount: string;
}

/** A file of a partner compared with what is stored here for the same days. */
export interface Reconciliation {
  readonly id: string;
  readonly no: bigint;
  readonly partnerId: string;
  readonly cycleNo: number | null;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly kinds: readonly RowKind[];
  readonly format: FileFormat;
  readonly fileName: string | null;
  readonly contentHash: string;
  readonly tolerancePoints: bigint;
  readonly toleranceDays: number;
  readonly rowsRead: number;
  readonly badRows: number;
  readonly counts: readonly Count[];
  readonly createdAt: Date;
  readonly ranAt: Date;
  readonly supersededBy: string | null;
}

/** One row of either side. */
export interface SideRow {
  readonly runId: string;
  readonly side: 'THEIRS' | 'OURS';
  readonly no: number;
  readonly source: string | null;
  readonly kind: RowKind;
  readonly key: string;
  readonly occurredAt: Date;
  readonly currencyNo: number | null;
  readonly amount: bigint;
  readonly result: Result;
  readonly rule: Rule | null;
  readonly matchNo: number | null;
}

/** A row of the file that could not be read. */
export interface BadRow {
  readonly no: number;
  readonly reason: string;
}
