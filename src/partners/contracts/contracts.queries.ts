import type { Db } from '../../platform/database.ts';
import { restoreClause, type StoredClause } from './clauses/store-clauses.ts';
import type { TerminationCause } from './clauses/termination/termination.types.ts';
import type { Contract, ContractVersion } from './contract.rules.ts';
import type { ContractForm } from './contract-form.ts';

interface ContractRow {
  readonly id: string;
  readonly no: number;
  readonly partner_id: string;
  readonly was_proposed: boolean;
  readonly suspended_at: Date | null;
  readonly notice_given_at: Date | null;
  readonly termination_cause: TerminationCause | null;
  readonly earn_end: Date | null;
  readonly burn_end: Date | null;
  readonly tail_end: Date | null;
}

interface VersionRow {
  readonly id: string;
  readonly contract_id: string;
  readonly number: number;
  readonly revision: number;
  readonly type: ContractForm;
  readonly term_months: number | null;
  readonly clauses: readonly StoredClause[];
  readonly proposed_at: Date | null;
  readonly partner_signed_at: Date | null;
  readonly partner_note: string | null;
  readonly operator_signed_at: Date | null;
  readonly operator_note: string | null;
  readonly effective_from: Date;
  readonly agreed_until: Date | null;
  readonly effective_until: Date | null;
}

/** All contracts with all their versions, oldest first. */
export async function readContracts(db: Db): Promise<Contract[]> {
  const contracts = await db.rows<ContractRow>(
    `select id, no, partner_id, suspended_at, notice_given_at, termination_cause, earn_end, burn_end, tail_end,
       exists (select from partners.contract_versions v where v.contract_id = c.id and v.proposed_at is not null)
         or exists (select from partners.contract_events e where e.contract_id = c.id and e.kind = 'PROPOSED') as was_proposed
     from partners.contracts c order by no`,
  );
  const versions = await db.rows<VersionRow>(
    `select id, contract_id, number, revision, type, term_months, clauses, proposed_at, partner_signed_at, partner_note,
       operator_signed_at, operator_note, effective_from, agreed_until, effective_until
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
    wasProposed: row.was_proposed,
    suspendedAt: row.suspended_at ?? undefined,
    noticeGivenAt: row.notice_given_at ?? undefined,
    terminationCause: row.termination_cause ?? undefined,
    earnEnd: row.earn_end ?? undefined,
    burnEnd: row.burn_end ?? undefined,
    tailEnd: row.tail_end ?? undefined,
  };
}

function toVersion(row: VersionRow): ContractVersion {
  return {
    id: row.id,
    number: row.number,
    revision: row.revision,
    type: row.type,
    termMonths: row.term_months ?? undefined,
    clauses: row.clauses.map(restoreClause),
    proposedAt: row.proposed_at ?? undefined,
    partnerSignedAt: row.partner_signed_at ?? undefined,
    partnerNote: row.partner_note ?? undefined,
    operatorSignedAt: row.operator_signed_at ?? undefined,
    operatorNote: row.operator_note ?? undefined,
    effectiveFrom: row.effective_from,
    agreedUntil: row.agreed_until ?? undefined,
    effectiveUntil: row.effective_until ?? undefined,
  };
}
