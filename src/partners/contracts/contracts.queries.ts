import type { Db } from '../../platform/database.ts';
import { restoreClause, type StoredClause } from './clauses/store-clauses.ts';
import type { Contract, ContractVersion } from './contract.rules.ts';

interface ContractRow {
  readonly id: string;
  readonly no: number;
  readonly partner_id: string;
  readonly suspended_at: Date | null;
  readonly notice_given_at: Date | null;
  readonly earn_end: Date | null;
  readonly burn_end: Date | null;
  readonly tail_end: Date | null;
}

interface VersionRow {
  readonly id: string;
  readonly contract_id: string;
  readonly number: number;
  readonly clauses: readonly StoredClause[];
  readonly proposed_at: Date;
  readonly partner_signed_at: Date | null;
  readonly operator_signed_at: Date | null;
  readonly effective_from: Date;
  readonly effective_until: Date | null;
}

/** All contracts with all their versions, oldest first. */
export async function readContracts(db: Db): Promise<Contract[]> {
  const contracts = await db.rows<ContractRow>(
    'select id, no, partner_id, suspended_at, notice_given_at, earn_end, burn_end, tail_end from partners.contracts order by no',
  );
  const versions = await db.rows<VersionRow>(
    `select id, contract_id, number, clauses, proposed_at, partner_signed_at, operator_signed_at, effective_from, effective_until
     from partners.contract_versions order by contract_no, number`,
  );
  const byContract = Map.groupBy(versions, (version) => version.contract_id);
  return contracts.map((row) => toContract(row, byContract.get(row.id) ?? []));
}

function toContract(row: ContractRow, versions: readonly VersionRow[]): Contract {
  return {
    id: row.id,
    no: row.no,
    partnerId: row.partner_id,
    versions: versions.map(toVersion),
    suspendedAt: row.suspended_at ?? undefined,
    noticeGivenAt: row.notice_given_at ?? undefined,
    earnEnd: row.earn_end ?? undefined,
    burnEnd: row.burn_end ?? undefined,
    tailEnd: row.tail_end ?? undefined,
  };
}

function toVersion(row: VersionRow): ContractVersion {
  return {
    id: row.id,
    number: row.number,
    clauses: row.clauses.map(restoreClause),
    proposedAt: row.proposed_at,
    partnerSignedAt: row.partner_signed_at ?? undefined,
    operatorSignedAt: row.operator_signed_at ?? undefined,
    effectiveFrom: row.effective_from,
    effectiveUntil: row.effective_until ?? undefined,
  };
}
