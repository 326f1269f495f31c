import type { Context } from '../../platform/graphql/context.ts';
import { forbidden } from '../../platform/graphql/rights.ts';
import { type SaleType, toSale } from './sale.types.ts';
import { readSales } from './sales.queries.ts';

/** A sale by its stored id: for its partner, its member and the operator. */
export async function saleNode(context: Context, id: string): Promise<SaleType | undefined> {
  const { viewer } = context;
  const sale = await context.load(readSales, id);
  if (sale === undefined) return undefined;
  const own =
    (viewer.role === 'PARTNER' && viewer.partnerId === sale.partnerId) || (viewer.role === 'MEMBER' && viewer.memberId === sale.memberId);
  if (viewer.role !== 'OPERATOR' && !own) throw forbidden();
  return toSale(sale);
}
