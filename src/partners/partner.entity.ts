import { defineEntity, p } from '@mikro-orm/postgresql';
import type { BankAccount } from './partner.ts';
import type { PartnerKind } from './partner-kind.ts';
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
    kind: p.text().$type<PartnerKind>().nullable(),
    category: p.text().nullable(),
    bankAccount: p.json<BankAccount>().nullable(),
    revision: p.integer(),
    createdAt: p.datetime(),
  },
});
