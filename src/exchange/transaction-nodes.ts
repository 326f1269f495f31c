import type { Viewer } from '../kernel/viewer.ts';
import type { Context } from '../platform/graphql/context.ts';
import { forbidden } from '../platform/graphql/rights.ts';
import { readAccruals } from './accrual/accrual.queries.ts';
import { type AccrualType, toAccrual } from './accrual/accrual.types.ts';
import { readExchanges } from './conversion/exchange.queries.ts';
import { type ExchangeType, toExchange } from './conversion/exchange.types.ts';
import { readRedemptions } from './redemption/redemption.queries.ts';
import { type RedemptionType, toRedemption } from './redemption/redemption.types.ts';

interface Parties {
  /** Undefined when the member acted without a partner. */
  readonly partnerId: string | undefined;
  readonly memberId: string;
}

/** A transaction is for its partner, its member and the operator. */
export function maySee(viewer: Viewer, { partnerId, memberId }: Parties): boolean {
  if (viewer.role === 'PARTNER') return viewer.partnerId === partnerId;
  return viewer.role === 'OPERATOR' || (viewer.role === 'MEMBER' && viewer.memberId === memberId);
}

/** An accrual by its stored id. A page of activities asks for many. */
export function accrualNode(context: Context, id: string): Promise<AccrualType | undefined> {
  return context.load(readAccruals, id).then((accrual) => {
    if (accrual === undefined) return undefined;
    if (!maySee(context.viewer, accrual)) throw forbidden();
    return toAccrual(accrual);
  });
}

/** A redemption by its stored id. */
export async function redemptionNode(context: Context, id: string): Promise<RedemptionType | undefined> {
  const redemption = await context.load(readRedemptions, id);
  if (redemption === undefined) return undefined;
  if (!maySee(context.viewer, redemption)) throw forbidden();
  return toRedemption(redemption);
}

/** An exchange by its stored id. */
export async function exchangeNode(context: Context, id: string): Promise<ExchangeType | undefined> {
  const exchange = await context.load(readExchanges, id);
  if (exchange === undefined) return undefined;
  if (!maySee(context.viewer, exchange)) throw forbidden();
  return toExchange(exchange);
}
