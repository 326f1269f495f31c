/** What every account is denominated in: 0 is money in micros, any other number a point currency. */
export const MONEY = 0;

export type PostingCode =
  | 'accrual.pending'
  | 'accrual.confirmed'
  | 'accrual.pending_confirmed'
  | 'accrual.cancelled'
  | 'accrual.pending_reversed'
  | 'accrual.reversed'
  | 'redemption.held'
  | 'redemption.captured'
  | 'redemption.voided'
  | 'redemption.hold_expired'
  | 'redemption.refunded'
  | 'redemption.funded'
  | 'redemption.funding_returned'
  | 'exchange.completed'
  | 'transfer.completed'
  | 'lot.expired'
  | 'lot.bought_back'
  | 'lot.converted'
  | 'block.purchased'
  | 'exchange.redeemed'
  | 'exchange.funded'
  | 'deposit.paid'
  | 'deposit.returned'
  | 'cycle.cleared'
  | 'settlement.paid'
  | 'adjustment.posted'
  | 'interest.charged';

/** An account by what it is for; `account.ts` names them. */
export interface Account {
  readonly kind:
    | 'WALLET'
    | 'ISSUANCE'
    | 'JOINT'
    | 'REDEEMED'
    | 'EXCHANGED'
    | 'EXPIRED'
    | 'PARTNER'
    | 'PREPAID'
    | 'DEPOSIT'
    | 'POOL'
    | 'SPREAD'
    | 'OPERATOR'
    | 'BANK'
    | 'ROUNDING';
  /** Member, partner, promotion or point currency; undefined for accounts of the program. */
  readonly owner?: string | undefined;
  readonly unit: number;
  /** The point currency that a money account is about. */
  readonly topic?: number | undefined;
}

/** One leg: the signed change of one account. What is not given is 0. */
export interface Entry {
  readonly account: Account;
  readonly available?: bigint;
  readonly held?: bigint;
  readonly pending?: bigint;
}

/** Points of one origin that enter a wallet. */
export interface OpenedLot {
  readonly id: string;
  readonly wallet: Account;
  readonly issuer: string;
  readonly origin: 'ACCRUAL' | 'EXCHANGE' | 'TRANSFER' | 'REFUND' | 'CONVERSION';
  readonly earnedAt: Date;
  readonly expiresAt: Date | undefined;
  readonly points: bigint;
  /** Redemption element of one point when the lot was opened. */
  readonly redemptionMicros: bigint;
  /** The part of it that the pool has received already. */
  readonly fundedMicros: bigint;
  /** The one lot whose points these were, when there is one. */
  readonly parent?: string | undefined;
}

/** The signed change of what remains of a lot. */
export interface LotUse {
  readonly lotId: string;
  readonly available: bigint;
  readonly held: bigint;
}

/** Through this posting, available + pending of the account may not fall below the floor; else it is refused by this name. */
export interface Floor {
  readonly account: Account;
  readonly floor: bigint;
  readonly name: string;
}

/** One economic event as balanced entries. Build it with a function of `postings/`, hand it to `post`. */
export interface Posting {
  readonly code: PostingCode;
  readonly occurredAt: Date;
  /** The accrual, redemption, exchange ... that it belongs to. */
  readonly reference: string;
  /** The partner that acted; of points that expired, the one that issued them. */
  readonly partner: string | undefined;
  readonly entries: readonly Entry[];
  readonly opens?: readonly OpenedLot[];
  readonly uses?: readonly LotUse[];
  readonly floors?: readonly Floor[];
  /** Of this account it is answered what available + pending is right after the posting, where it has an entry there. */
  readonly watched?: Account;
}
