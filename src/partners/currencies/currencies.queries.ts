import type { Db } from '../../platform/database.ts';
import type { PointCurrency } from './point-currency.ts';

type CurrencyRow = Omit<PointCurrency, 'issuerId'> & { issuer: string | null };

/** All point currencies, in the order in which they were created. */
export async function readPointCurrencies(db: Db): Promise<PointCurrency[]> {
  const rows = await db.rows<CurrencyRow>('select id, no, code, name, issuer, expiry from partners.point_currencies order by no');
  return rows.map(({ issuer, ...currency }) => ({ ...currency, issuerId: issuer ?? undefined }));
}
