import { defineEntity, p } from '@mikro-orm/postgresql';
import type { TerminationCause } from './clauses/termination/termination.types.ts';

/** `no` is given by the database. */
export const ContractEntity = defineEntity({
  name: 'Contract',
  schema: 'partners',
  tableName: 'contracts',
  properties: {
    id: p.uuid().primary(),
    no: p.integer().autoincrement(),
    partnerId: p.uuid(),
    createdAt: p.datetime(),
    suspendedAt: p.datetime().nullable(),
    noticeGivenAt: p.datetime().nullable(),
    noticeReason: p.text().nullable(),
    terminationCause: p.text().$type<TerminationCause>().nullable(),
    earnEnd: p.datetime().nullable(),
    burnEnd: p.datetime().nullable(),
    tailEnd: p.datetime().nullable(),
  },
});
