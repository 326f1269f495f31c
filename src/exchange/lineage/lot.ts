import type { OpenedLot, PostingCode } from '../../ledger/posting.ts';

/** A lot with the wallet that it lies in. */
export interface StoredLot {
  readonly id: string;
  readonly memberId: string;
  readonly currencyNo: number;
  readonly issuer: string;
  readonly origin: OpenedLot['origin'];
  readonly points: bigint;
  readonly available: bigint;
  readonly held: bigint;
  readonly earnedAt: Date;
  readonly expiresAt: Date | undefined;
  readonly redemptionMicros: bigint;
}

/** Points of a parent that became a child. */
export interface LotEdge {
  readonly parentId: string;
  readonly childId: string;
  /** Points of the parent; those of the child may be of another currency. */
  readonly points: bigint;
}

/** What lies above and below a lot: whose issue is among it, and whose wallets lie below. */
export interface LotChain {
  readonly issuers: readonly string[];
  readonly holdersBelow: readonly string[];
  /** Whose wallets the lots right above lie in. */
  readonly holdersAbove: readonly string[];
}

/** A lot without parents that points of another come from. */
export interface LotRoot {
  readonly lotId: string;
  readonly points: bigint;
  /** The accrual that opened it; undefined where something else did. */
  readonly accrualId: string | undefined;
}

/** What one posting did to a lot. */
export interface LotChange {
  readonly code: PostingCode;
  readonly at: Date;
  readonly available: bigint;
  readonly held: bigint;
  readonly partnerId: string | null;
  readonly reference: string;
}
