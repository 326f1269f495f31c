import { issuance, jointMoney, jointPoints, operatorMoney, partnerMoney, pool, prepaid, wallet } from '../account.ts';
import type { Allocation } from '../lots.rules.ts';
import type { Account, Entry, Floor, OpenedLot, Posting } from '../posting.ts';

/** Who pays for points: their partner, what it has paid beforehand, or the funders of a joint promotion together. */
export type Charge = { readonly to: 'PARTNER' } | { readonly to: 'PREPAID' } | { readonly to: 'JOINT'; readonly promotionId: string };

/** An accrual as the book sees it. */
export interface AccrualFacts {
  readonly reference: string;
  readonly memberId: string;
  readonly partnerId: string;
  readonly currencyNo: number;
  readonly occurredAt: Date;
  readonly charge: Charge;
}

/** Points of one price. Who is charged pays the service element and the funded part of the redemption element of each. */
export interface PricedPoints {
  readonly points: bigint;
  readonly serviceMicros: bigint;
  readonly fundedMicros: bigint;
}

/** Where the points come from, and who pays for them. */
function sourceOf({ charge, partnerId, currencyNo }: AccrualFacts): { points: Account; money: Account } {
  switch (charge.to) {
    case 'PARTNER':
      return { points: issuance(partnerId, currencyNo), money: partnerMoney(partnerId) };
    case 'PREPAID':
      return { points: issuance(partnerId, currencyNo), money: prepaid(partnerId, currencyNo) };
    case 'JOINT':
      return { points: jointPoints(charge.promotionId, currencyNo), money: jointMoney(charge.promotionId, currencyNo) };
  }
}

function legs(facts: AccrualFacts, bucket: 'available' | 'pending', parts: readonly PricedPoints[], sign: 1n | -1n): Entry[] {
  const { points, money } = sourceOf(facts);
  return parts.flatMap((part) => {
    const given = sign * part.points;
    return [
      { account: wallet(facts.memberId, facts.currencyNo), [bucket]: given },
      { account: points, [bucket]: -given },
      // Money
      { account: money, [bucket]: -given * (part.fundedMicros + part.serviceMicros) },
      { account: pool(facts.currencyNo), [bucket]: given * part.fundedMicros },
      { account: operatorMoney, [bucket]: given * part.serviceMicros },
    ];
  });
}

const header = (facts: AccrualFacts) => ({ reference: facts.reference, partner: facts.partnerId, occurredAt: facts.occurredAt });

/** Points are earned at once: they enter the wallet as one lot for each price, and who is charged pays for them. */
export function accrualConfirmed(
  facts: AccrualFacts,
  parts: readonly PricedPoints[],
  opens: readonly OpenedLot[],
  floors: readonly Floor[],
): Posting {
  return { code: 'accrual.confirmed', ...header(facts), entries: legs(facts, 'available', parts, 1n), opens, floors };
}

/** Points are promised: pending in the wallet, and their price counts as if it were charged already. */
export function accrualPending(facts: AccrualFacts, parts: readonly PricedPoints[], floors: readonly Floor[]): Posting {
  return { code: 'accrual.pending', ...header(facts), entries: legs(facts, 'pending', parts, 1n), floors };
}

/** Promised points become earned. */
export function pendingAccrualConfirmed(facts: AccrualFacts, parts: readonly PricedPoints[], opens: readonly OpenedLot[]): Posting {
  return {
    code: 'accrual.pending_confirmed',
    ...header(facts),
    entries: [...legs(facts, 'pending', parts, -1n), ...legs(facts, 'available', parts, 1n)],
    opens,
  };
}

/** The promise is taken back. */
export function accrualCancelled(facts: AccrualFacts, parts: readonly PricedPoints[]): Posting {
  return { code: 'accrual.cancelled', ...header(facts), entries: legs(facts, 'pending', parts, -1n) };
}

/** Part of a promise is taken back. */
export function pendingAccrualReversed(facts: AccrualFacts, parts: readonly PricedPoints[]): Posting {
  return { code: 'accrual.pending_reversed', ...header(facts), entries: legs(facts, 'pending', parts, -1n) };
}

/**
 * Earned points are taken back from lots, and who was charged gets back what was paid for them. The pool gives up what it holds for the
 * lots that are taken. Where that is too little, because the points came from another issuer, that one pays, at most what burning
 * them would cost it (the lot's `redemptionMicros`, given as of now), and the operator bears the rest. Where it is too much, who was
 * charged gets it, for it pays for the points of its own that were spent in their stead. Another lot of the same partner is squared with
 * the partner itself, unless a promotion paid.
 */
export function accrualReversed(facts: AccrualFacts, parts: readonly PricedPoints[], taken: readonly Allocation[]): Posting {
  return {
    code: 'accrual.reversed',
    ...header(facts),
    entries: [
      ...legs(facts, 'available', parts, -1n),
      ...pairs(parts, taken).flatMap(({ points, fundedMicros, lot }) => {
        const missing = fundedMicros - lot.fundedMicros;
        const unfunded = lot.redemptionMicros > lot.fundedMicros ? lot.redemptionMicros - lot.fundedMicros : 0n;
        const itsOwn = facts.charge.to !== 'JOINT' && lot.issuer === facts.partnerId;
        const charged = missing < 0n || itsOwn || missing < unfunded ? missing : unfunded;
        return [
          { account: missing < 0n ? squaredWith(facts) : partnerMoney(lot.issuer), available: -points * charged },
          { account: operatorMoney, available: -points * (missing - charged) },
          { account: pool(facts.currencyNo), available: points * missing },
        ];
      }),
    ],
    uses: taken.map(({ lot, points }) => ({ lotId: lot.id, available: -points, held: 0n })),
  };
}

/** Who was charged for an accrual. Blocks hold exactly the price of their points, so that beside it their partner is meant. */
const squaredWith = (facts: AccrualFacts): Account => (facts.charge.to === 'JOINT' ? sourceOf(facts).money : partnerMoney(facts.partnerId));

/** The points of two lists of equal total, paired from their beginnings: at which price they were paid for, and from which lot they are taken. */
function pairs(parts: readonly PricedPoints[], taken: readonly Allocation[]) {
  const paired: { points: bigint; fundedMicros: bigint; lot: Allocation['lot'] }[] = [];
  let [at, used] = [0, 0n];
  for (const { lot, points } of taken) {
    let left = points;
    while (left > 0n) {
      const part = parts[at];
      if (part === undefined) throw new Error('more points are taken from lots than are paid back');
      const some = part.points - used < left ? part.points - used : left;
      if (some > 0n) paired.push({ points: some, fundedMicros: part.fundedMicros, lot });
      left -= some;
      used += some;
      if (used === part.points) [at, used] = [at + 1, 0n];
    }
  }
  return paired;
}
