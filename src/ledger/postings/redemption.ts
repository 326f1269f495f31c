import { operatorMoney, partnerMoney, pool, redeemed, wallet } from '../account.ts';
import type { Entry, LotUse, OpenedLot, Posting } from '../posting.ts';

/** Points of one lot with the prices at which they are burned, in micros a point. */
export interface BurnedLot {
  readonly lotId: string;
  readonly issuer: string;
  readonly points: bigint;
  /** Redemption element: what the pool pays out for the point. */
  readonly redemptionMicros: bigint;
  /** The part of it that the pool received when the point was issued; the issuer pays the rest now. */
  readonly fundedMicros: bigint;
  /** What the accepting partner receives. */
  readonly reimbursementMicros: bigint;
}

export interface RedemptionFacts {
  readonly reference: string;
  readonly memberId: string;
  readonly partnerId: string;
  readonly currencyNo: number;
  readonly occurredAt: Date;
}

const header = (facts: RedemptionFacts) => ({ reference: facts.reference, partner: facts.partnerId, occurredAt: facts.occurredAt });

const sumOf = (lots: readonly { readonly points: bigint }[]): bigint => lots.reduce((total, lot) => total + lot.points, 0n);

/** Points are set aside for an order. */
export function redemptionHeld(facts: RedemptionFacts, lots: readonly { lotId: string; points: bigint }[]): Posting {
  const points = sumOf(lots);
  return {
    code: 'redemption.held',
    ...header(facts),
    entries: [{ account: wallet(facts.memberId, facts.currencyNo), available: -points, held: points }],
    uses: lots.map((lot) => ({ lotId: lot.lotId, available: -lot.points, held: lot.points })),
  };
}

/** Held points go back to their lots. */
export function redemptionReleased(
  code: 'redemption.voided' | 'redemption.hold_expired',
  facts: RedemptionFacts,
  lots: readonly { lotId: string; points: bigint }[],
): Posting {
  const points = sumOf(lots);
  return {
    code,
    ...header(facts),
    entries: [{ account: wallet(facts.memberId, facts.currencyNo), available: points, held: -points }],
    uses: lots.map((lot) => ({ lotId: lot.lotId, available: lot.points, held: -lot.points })),
  };
}

/** Money of a burn: the pool pays the acceptor, the operator bears the difference of prices. */
export function burnedLegs(facts: Pick<RedemptionFacts, 'currencyNo' | 'partnerId'>, lots: readonly BurnedLot[], sign: 1n | -1n): Entry[] {
  return lots.flatMap((lot) => {
    const points = sign * lot.points;
    return [
      { account: pool(facts.currencyNo), available: -points * lot.redemptionMicros },
      { account: partnerMoney(facts.partnerId), available: points * lot.reimbursementMicros },
      { account: operatorMoney, available: points * (lot.redemptionMicros - lot.reimbursementMicros) },
    ];
  });
}

/** What issuers pay into the pool of what they had not funded of points that leave; nothing where all was funded. */
export function burnFunding(currencyNo: number, lots: readonly Omit<BurnedLot, 'reimbursementMicros'>[], sign: 1n | -1n): Entry[] {
  return lots.flatMap((lot) => {
    const unfunded = sign * lot.points * (lot.redemptionMicros - lot.fundedMicros);
    return unfunded === 0n
      ? []
      : [
          { account: partnerMoney(lot.issuer), available: -unfunded },
          { account: pool(currencyNo), available: unfunded },
        ];
  });
}

/**
 * Issuers pay into the pool what they had not funded of points that are burned, or get it back with a refund. A posting of its own,
 * so that what a partner pays as issuer and gets as acceptor of the same points stay two figures. None where all was funded.
 */
export function burnFunded(
  code: 'redemption.funded' | 'redemption.funding_returned',
  facts: RedemptionFacts,
  lots: readonly BurnedLot[],
): Posting[] {
  const entries = burnFunding(facts.currencyNo, lots, code === 'redemption.funded' ? 1n : -1n);
  return entries.length === 0 ? [] : [{ code, ...header(facts), entries }];
}

/** Available points are burned at once, without a hold before: a donation, a reward, a purchase paid on the spot. */
export function redemptionPaid(facts: RedemptionFacts, lots: readonly BurnedLot[]): Posting {
  const points = sumOf(lots);
  return {
    code: 'redemption.captured',
    ...header(facts),
    entries: [
      { account: wallet(facts.memberId, facts.currencyNo), available: -points },
      { account: redeemed(facts.partnerId, facts.currencyNo), available: points },
      ...burnedLegs(facts, lots, 1n),
    ],
    uses: lots.map((lot) => ({ lotId: lot.lotId, available: -lot.points, held: 0n })),
  };
}

/** Held points are burned and the acceptor is reimbursed; what is not captured goes back to its lots. */
export function redemptionCaptured(
  facts: RedemptionFacts,
  captured: readonly BurnedLot[],
  released: readonly { lotId: string; points: bigint }[],
): Posting {
  const points = sumOf(captured);
  const back = sumOf(released);
  const uses = new Map<string, { lotId: string; available: bigint; held: bigint }>();
  for (const lot of captured) uses.set(lot.lotId, { lotId: lot.lotId, available: 0n, held: -lot.points });
  for (const lot of released) {
    const use = uses.get(lot.lotId) ?? { lotId: lot.lotId, available: 0n, held: 0n };
    uses.set(lot.lotId, { lotId: lot.lotId, available: use.available + lot.points, held: use.held - lot.points });
  }
  return {
    code: 'redemption.captured',
    ...header(facts),
    entries: [
      { account: wallet(facts.memberId, facts.currencyNo), available: back, held: -points - back },
      { account: redeemed(facts.partnerId, facts.currencyNo), available: points },
      ...burnedLegs(facts, captured, 1n),
    ],
    uses: [...uses.values()],
  };
}

/** Burned points come back, with their original expiry or in a new lot where that has passed; the money mirrors the capture at its rates. */
export function redemptionRefunded(
  facts: RedemptionFacts,
  lots: readonly BurnedLot[],
  uses: readonly LotUse[],
  opens: readonly OpenedLot[],
): Posting {
  const points = sumOf(lots);
  return {
    code: 'redemption.refunded',
    ...header(facts),
    entries: [
      { account: wallet(facts.memberId, facts.currencyNo), available: points },
      { account: redeemed(facts.partnerId, facts.currencyNo), available: -points },
      ...burnedLegs(facts, lots, -1n),
    ],
    uses,
    opens,
  };
}
