import { defineEntity, p } from '@mikro-orm/postgresql';
import type { ExpiryPolicy } from './point-currency.ts';

/** `no`, the number in the ledger, is given by the database. */
export const PointCurrencyEntity = defineEntity({
  name: 'PointCurrency',
  schema: 'partners',
  tableName: 'point_currencies',
  properties: {
    id: p.uuid().primary(),
    code: p.text(),
    name: p.text(),
    issuer: p.uuid().nullable(),
    expiry: p.json<ExpiryPolicy>(),
    createdAt: p.datetime(),
  },
});
