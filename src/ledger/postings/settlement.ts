import { bank, operatorMoney, partnerMoney } from '../account.ts';
import type { Entry, Posting } from '../posting.ts';

/** What a posting of settlement belongs to: a cycle, a payment or an adjustment. */
export interface SettlementFacts {
  readonly reference: string;
  readonly occurredAt: Date;
}

/** One side of a movement of settled money: a partner, or the operator when there is none. */
export type SettledParty = string | undefined;

/** A cycle is closed: every account goes from what was posted exactly to what the rounded lines say. The differences sum to zero. */
export function cycleCleared(facts: SettlementFacts, entries: readonly Entry[]): Posting {
  return { code: 'cycle.cleared', partner: undefined, ...facts, entries };
}

/** Money is paid: through the operator's bank, or from partner to partner when both settle with each other. */
export function settlementPaid(facts: SettlementFacts, payer: SettledParty, payee: SettledParty, micros: bigint): Posting {
  return {
    code: 'settlement.paid',
    partner: payer ?? payee,
    ...facts,
    entries: [
      { account: payer === undefined ? bank : partnerMoney(payer), available: micros },
      { account: payee === undefined ? bank : partnerMoney(payee), available: -micros },
    ],
  };
}

/** A partner is given money, or charged a negative amount, for what a closed cycle had wrong; the counterparty bears it. */
export function adjustmentPosted(facts: SettlementFacts, partnerId: string, counterparty: SettledParty, micros: bigint): Posting {
  return { code: 'adjustment.posted', partner: partnerId, ...facts, entries: movedLegs(partnerId, counterparty, micros) };
}

/** Interest for a late payment: the payer owes it to whom it paid late. */
export function interestCharged(facts: SettlementFacts, payer: SettledParty, payee: SettledParty, micros: bigint): Posting {
  return {
    code: 'interest.charged',
    partner: payer ?? payee,
    ...facts,
    entries: payer === undefined ? movedLegs(payee ?? '', undefined, micros) : movedLegs(payer, payee, -micros),
  };
}

function movedLegs(partnerId: string, counterparty: SettledParty, micros: bigint): Entry[] {
  return [
    { account: partnerMoney(partnerId), available: micros },
    { account: counterparty === undefined ? operatorMoney : partnerMoney(counterparty), available: -micros },
  ];
}
