import type { Coalition } from '../../partners/coalition.ts';
import type { ClauseOf } from '../../partners/contracts/clause.ts';
import { fundedMicros } from '../../partners/contracts/clauses/issuance/issuance.rules.ts';
import { lastClausesBy } from '../../partners/contracts/contract.rules.ts';

/** By how much the price of one point differs, in micros. */
export interface PriceChange {
  /** Redemption element. */
  readonly redemption: bigint;
  /** The part of it that its issuer pays when the point is issued. */
  readonly funded: bigint;
  /** Service element. */
  readonly service: bigint;
}

const NO_CHANGE: PriceChange = { redemption: 0n, funded: 0n, service: 0n };

/**
 * By how much other terms of its issuer change the price of a point that was issued or burned at an instant. Where either version grants no
 * points of the currency, they keep their price: what was done is not refused afterwards.
 */
export function priceChange(actual: Coalition, simulated: Coalition, issuerId: string, currency: string, at: Date): PriceChange {
  const [was, is] = [actual, simulated].map((coalition) => issuanceOf(coalition, issuerId, currency, at));
  if (was === undefined || is === undefined) return NO_CHANGE;
  return {
    redemption: is.redemptionElementMicros - was.redemptionElementMicros,
    funded: fundedMicros(is) - fundedMicros(was),
    service: is.serviceElementMicros - was.serviceElementMicros,
  };
}

function issuanceOf(coalition: Coalition, issuerId: string, currency: string, at: Date): ClauseOf<'issuance'> | undefined {
  return lastClausesBy(coalition.contractAt(issuerId, at), 'issuance', at).find((clause) => clause.currency === currency);
}

/** By how much an acceptor would have been reimbursed differently for a point burned at an instant: at its own rate, else at the redemption element. */
export function reimbursementChange(
  actual: Coalition,
  simulated: Coalition,
  { acceptorId, issuerId, currency, at }: { acceptorId: string; issuerId: string; currency: string; at: Date },
): bigint {
  const [was, is] = [actual, simulated].map((coalition) =>
    lastClausesBy(coalition.contractAt(acceptorId, at), 'acceptance', at).find(({ currencies }) => currencies.includes(currency)),
  );
  const element = issuanceOf(actual, issuerId, currency, at)?.redemptionElementMicros ?? 0n;
  const { redemption } = priceChange(actual, simulated, issuerId, currency, at);
  const before = was?.reimbursementMicros ?? element;
  return ((is ?? was)?.reimbursementMicros ?? element + redemption) - before;
}

/** By how much its issuer would have been charged more for a point that expired at an instant, of which one part was funded and another would have been. */
export function expiryChargeChange(
  actual: Coalition,
  simulated: Coalition,
  { issuerId, currency, at }: { issuerId: string; currency: string; at: Date },
  funded: { readonly was: bigint; readonly is: bigint },
): bigint {
  const [was, is] = [actual, simulated].map((coalition) => issuanceOf(coalition, issuerId, currency, at));
  if (was === undefined || is === undefined) return 0n;
  const charge = ({ chargeOnExpiry, redemptionElementMicros }: ClauseOf<'issuance'>, paid: bigint) =>
    chargeOnExpiry && redemptionElementMicros > paid ? redemptionElementMicros - paid : 0n;
  return charge(is, funded.is) - charge(was, funded.was);
}
