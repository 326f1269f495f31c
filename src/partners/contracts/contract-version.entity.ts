import { defineEntity, p } from '@mikro-orm/postgresql';
import type { StoredClause } from './clauses/store-clauses.ts';
import type { ContractForm } from './contract-form.ts';

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
    revision: p.integer(),
    type: p.text().$type<ContractForm>(),
    termMonths: p.integer().nullable(),
    proposedAt: p.datetime().nullable(),
    partnerSignedAt: p.datetime().nullable(),
    partnerNote: p.text().nullable(),
    operatorSignedAt: p.datetime().nullable(),
    operatorNote: p.text().nullable(),
    effectiveFrom: p.datetime(),
    agreedUntil: p.datetime().nullable(),
    effectiveUntil: p.datetime().nullable(),
  },
});
