import { defineEntity, p } from '@mikro-orm/postgresql';
import type { BankAccount } from './partner.ts';
import type { PartnerRole } from './partner-role.ts';

export const PartnerEntity = defineEntity({
  name: 'Partner',
  schema: 'partners',
  tableName: 'partners',
  properties: {
    id: p.uuid().primary(),
    code: p.text(),
    name: p.text(),
    roles: p.array<PartnerRole>(),
    category: p.text().nullable(),
    bankAccount: p.json<BankAccount>().nullable(),
    createdAt: p.datetime(),
  },
});
