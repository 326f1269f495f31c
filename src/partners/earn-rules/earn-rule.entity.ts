import { defineEntity, p } from '@mikro-orm/postgresql';

export const EarnRuleEntity = defineEntity({
  name: 'EarnRule',
  schema: 'partners',
  tableName: 'earn_rules',
  properties: {
    id: p.uuid().primary(),
    code: p.text(),
    version: p.integer(),
    partnerId: p.uuid().nullable(),
    currencyNo: p.smallint(),
    effectiveFrom: p.datetime(),
    effectiveUntil: p.datetime().nullable(),
    definition: p.json<object>(),
    publishedAt: p.datetime(),
  },
});
