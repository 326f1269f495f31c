import type { PostingCode } from '../../ledger/posting.ts';

/** Exact sum of what an account took part in during the cycle, by what happened. */
export interface Movement {
  readonly kind: 'PARTNER' | 'OPERATOR' | 'JOINT' | 'SPREAD' | 'ISSUANCE' | 'REDEEMED' | 'EXPIRED';
  readonly owner: string | null;
  /** 0 is money; any other number a point currency. */
  readonly unit: number;
  /** The point currency that a money account is about. */
  readonly topic: number | null;
  readonly code: PostingCode;
  /** The partner that acted. */
  readonly partnerId: string | null;
  /** The point currency of what happened, where the account does not tell. */
  readonly currencyNo: number | null;
  readonly amount: bigint;
  /** What the operator had of the same postings, where the account is that of a joint promotion; it is in the operator's own sums too. */
  readonly operatorAmount: bigint;
  readonly postings: bigint;
}

/** Reported sales of one partner to members of one home partner, in minor units. */
export interface SaleSum {
  readonly partnerId: string;
  readonly homePartnerId: string | null;
  readonly grossMinor: bigint;
  readonly netMinor: bigint;
  readonly sales: bigint;
}

/** A partner's money for points of members of one home partner: reimbursed, or paid as funding; in micros, + the partner receives. */
export interface MemberValue {
  readonly partnerId: string;
  readonly reimbursed: boolean;
  readonly homePartnerId: string | null;
  readonly micros: bigint;
}

/** What a partner was reimbursed for points of one issuer, in micros. */
export interface IssuerValue {
  readonly partnerId: string;
  readonly issuerId: string;
  readonly micros: bigint;
}

/** A number counted for a partner. */
export interface PartnerCount {
  readonly partnerId: string;
  readonly count: bigint;
}

/** Points that a partner paid for in blocks, less those that it issued from blocks. */
export interface PrepaidPoints {
  readonly partnerId: string;
  readonly currencyNo: number;
  readonly points: bigint;
}

/** A correction in this cycle of what a closed one said, in minor units: + the partner receives it from the counterparty, the operator when that is null. */
export interface Adjusted {
  readonly id: string;
  readonly partnerId: string;
  readonly counterpartyId: string | null;
  readonly minor: bigint;
  readonly description: string;
}

/** What the cycle before left to be settled in this one, in minor units: + the partner receives. */
export interface Carried {
  readonly partnerId: string;
  readonly fromCycleNo: number;
  readonly minor: bigint;
}

/** Everything that the lines of a cycle are made of, exact. What no clause asks for is empty. */
export interface CycleFacts {
  /** First instant of the cycle. */
  readonly startsAt: Date;
  readonly movements: readonly Movement[];
  /** Parts of divided figures by the terms in force when they occurred, in micros: only of those that contracts divide in several ways. */
  readonly spellSums: ReadonlyMap<string, readonly bigint[]>;
  readonly sales: readonly SaleSum[];
  readonly memberValues: readonly MemberValue[];
  readonly issuerValues: readonly IssuerValue[];
  readonly activeMembers: readonly PartnerCount[];
  readonly lateReports: readonly PartnerCount[];
  readonly prepaidPoints: readonly PrepaidPoints[];
  readonly adjustments: readonly Adjusted[];
  readonly carried: readonly Carried[];
}
