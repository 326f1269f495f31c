import { defineEntity, p } from '@mikro-orm/postgresql';
import type { StoredClause } from './clauses/store-clauses.ts';

export const ContractVersionEntity = defineEntity({
  name: 'ContractVersion',
  schema: 'partners',
  tableName: 'contract_versions',
  properties: {
    id: p.uuid().primary(),
    contractId: p.uuid(),
    contractNo: p.integer(),
    number: p.integer(),
    clauses: p.json<readonly StoredClause[]>(),
    proposedAt: p.datetime(),
    partnerSignedAt: p.datetime().nullable(),
    operatorSignedAt: p.datetime().nullable(),
    effectiveFrom: p.datetime(),
    effectiveUntil: p.datetime().nullable(),
  },
});
