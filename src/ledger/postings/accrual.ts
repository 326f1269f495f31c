import { issuance, operatorMoney, partnerMoney, pool, wallet } from '../account.ts';
import type { Allocation } from '../lots.rules.ts';
import type { Entry, Floor, OpenedLot, Posting } from '../posting.ts';

/** An accrual as the book sees it. A partner pays the service element and the funded part of the redemption element of each point. */
export interface AccrualFacts {
  readonly reference: string;
  readonly memberId: string;
  readonly partnerId: string;
  readonly currencyNo: number;
  readonly occurredAt: Date;
  readonly points: bigint;
  readonly serviceMicros: bigint;
  readonly fundedMicros: bigint;
}

function legs(facts: AccrualFacts, bucket: 'available' | 'pending', points: bigint): Entry[] {
  return [
    { account: wallet(facts.memberId, facts.currencyNo), [bucket]: points },
    { account: issuance(facts.partnerId, facts.currencyNo), [bucket]: -points },
    // Money
    { account: partnerMoney(facts.partnerId), [bucket]: -points * (facts.fundedMicros + facts.serviceMicros) },
    { account: pool(facts.currencyNo), [bucket]: points * facts.fundedMicros },
    { account: operatorMoney, [bucket]: points * facts.serviceMicros },
  ];
}

const header = (facts: AccrualFacts) => ({ reference: facts.reference, partner: facts.partnerId, occurredAt: facts.occurredAt });

/** Points are earned at once: they enter the wallet as one lot, and their partner pays for them. */
export function accrualConfirmed(facts: AccrualFacts, lot: OpenedLot, floors: readonly Floor[]): Posting {
  return { code: 'accrual.confirmed', ...header(facts), entries: legs(facts, 'available', facts.points), opens: [lot], floors };
}

/** Points are promised: pending in the wallet, and their price counts in the partner's exposure. */
export function accrualPending(facts: AccrualFacts, floors: readonly Floor[]): Posting {
  return { code: 'accrual.pending', ...header(facts), entries: legs(facts, 'pending', facts.points), floors };
}

/** Promised points become earned. */
export function pendingAccrualConfirmed(facts: AccrualFacts, lot: OpenedLot): Posting {
  return {
    code: 'accrual.pending_confirmed',
    ...header(facts),
    entries: [...legs(facts, 'pending', -facts.points), ...legs(facts, 'available', facts.points)],
    opens: [lot],
  };
}

/** The promise is taken back. */
export function accrualCancelled(facts: AccrualFacts): Posting {
  return { code: 'accrual.cancelled', ...header(facts), entries: legs(facts, 'pending', -facts.points) };
}

/** Part of a promise is taken back. */
export function pendingAccrualReversed(facts: AccrualFacts, points: bigint): Posting {
  return { code: 'accrual.pending_reversed', ...header(facts), entries: legs(facts, 'pending', -points) };
}

/**
 * Earned points are taken back from lots, and their partner gets back what it paid for them. The pool gives up what it holds for the
 * lots that are taken. Where that is too little, because the points came from another issuer, that one pays, at most what burning
 * them would cost it (the lot's `redemptionMicros`, given as of now), and the operator bears the rest; where it is too much, it gets it.
 * Another lot of the same partner is squared with the partner itself.
 */
export function accrualReversed(facts: AccrualFacts, taken: readonly Allocation[]): Posting {
  const points = taken.reduce((total, part) => total + part.points, 0n);
  return {
    code: 'accrual.reversed',
    ...header(facts),
    entries: [
      ...legs(facts, 'available', -points),
      ...taken.flatMap(({ lot, points: part }) => {
        const missing = facts.fundedMicros - lot.fundedMicros;
        const unfunded = lot.redemptionMicros > lot.fundedMicros ? lot.redemptionMicros - lot.fundedMicros : 0n;
        const charged = lot.issuer === facts.partnerId || missing < unfunded ? missing : unfunded;
        return [
          { account: partnerMoney(lot.issuer), available: -part * charged },
          { account: operatorMoney, available: -part * (missing - charged) },
          { account: pool(facts.currencyNo), available: part * missing },
        ];
      }),
    ],
    uses: taken.map(({ lot, points: part }) => ({ lotId: lot.id, available: -part, held: 0n })),
  };
}
