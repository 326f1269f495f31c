import { defineEntity, p } from '@mikro-orm/postgresql';
import type { ContractEventKind, ContractParty } from './contract-event.ts';

/** `no` is given by the database. */
export const ContractEventEntity = defineEntity({
  name: 'ContractEvent',
  schema: 'partners',
  tableName: 'contract_events',
  properties: {
    no: p.bigint().primary().autoincrement(),
    contractId: p.uuid(),
    version: p.integer().nullable(),
    kind: p.text().$type<ContractEventKind>(),
    party: p.text().$type<ContractParty>(),
    actor: p.text(),
    at: p.datetime(),
    note: p.text().nullable(),
  },
});
