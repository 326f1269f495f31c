import { defineEntity, p } from '@mikro-orm/postgresql';
import type { BankAccount } from '../partner.ts';

export const ProgramEntity = defineEntity({
  name: 'Program',
  schema: 'partners',
  tableName: 'program',
  properties: {
    id: p.uuid().primary(),
    code: p.text(),
    name: p.text(),
    timeZone: p.text(),
    settlementCurrency: p.text(),
    startsAt: p.datetime(),
    bankAccount: p.json<BankAccount>().nullable(),
    allowLossFreeLoops: p.boolean(),
  },
});
