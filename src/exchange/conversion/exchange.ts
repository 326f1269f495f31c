import type { Rate } from '../../partners/contracts/clauses/exchange/exchange.rules.ts';

/**
 * What an exchange is reckoned by. A quote locks the rate, the spread and the fee; what points are worth in money it only shows: that is
 * read again when it is executed.
 */
export interface ExchangeTerms {
  /** Before the spread. */
  readonly rate: Rate;
  readonly spreadBps: number;
  readonly feePoints: bigint;
  /** Redemption element of a point of each side, in micros, and whose price it is. */
  readonly fromMicros: bigint;
  readonly fromIssuer: string;
  readonly toMicros: bigint;
  readonly toIssuer: string;
}

/** What a member would get for points, as stored: the terms hold until it expires. */
export interface ExchangeQuote extends ExchangeTerms {
  readonly id: string;
  readonly memberId: string;
  /** The partner that asked; undefined when the member did. */
  readonly partnerId: string | undefined;
  readonly fromNo: number;
  readonly toNo: number;
  readonly debited: bigint;
  readonly credited: bigint;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly executedAt: Date | undefined;
}

/** Points of one currency that became points of another, as stored. It never changes. */
export interface Exchange {
  readonly id: string;
  readonly memberId: string;
  /** The partner that acted; undefined when the member did. */
  readonly partnerId: string | undefined;
  /** The quote that was executed; undefined when a purchase was paid. */
  readonly quoteId: string | undefined;
  readonly redemptionId: string | undefined;
  readonly fromNo: number;
  readonly toNo: number;
  readonly debited: bigint;
  readonly credited: bigint;
  readonly feePoints: bigint;
  readonly feeMicros: bigint;
  readonly spreadMicros: bigint;
  readonly cycle: number;
  readonly recordedAt: Date;
  readonly lotId: string;
}
