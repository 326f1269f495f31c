import { isFoundByReference, isOfPosting } from '../../ledger/entries-of-posting.ts';
import type { Db, Tx } from '../../platform/database.ts';

export type TerminationStep = 'DEPOSIT' | 'OUTSTANDING' | 'DEPOSIT_RETURN';

/** What one step of a contract's end has brought about so far. */
export interface StepTaken {
  readonly contractId: string;
  readonly step: TerminationStep;
  readonly doneAt: Date | null;
  readonly points: bigint;
  readonly micros: bigint;
}

/** The steps that were taken for each contract, for `load`. */
export async function readSteps(db: Db, contractIds: readonly string[]): Promise<StepTaken[][]> {
  const rows = await db.rows<StepTaken>(
    `select contract_id as "contractId", step, done_at as "doneAt", points, micros
     from exchange.termination_steps where contract_id = any($1::uuid[])`,
    [contractIds],
  );
  const byContract = Map.groupBy(rows, ({ contractId }) => contractId);
  return contractIds.map((id) => byContract.get(id) ?? []);
}

/** Takes a step for contracts that have not taken it yet; answers which, with their rows locked. */
export async function takeStep(tx: Tx, step: TerminationStep, contractIds: readonly string[], doneAt: Date): Promise<ReadonlySet<string>> {
  const rows = await tx.rows<{ contractId: string }>(
    `insert into exchange.termination_steps (contract_id, step, done_at) select id, $2, $3 from unnest($1::uuid[]) as c (id) order by id
     on conflict do nothing returning contract_id as "contractId"`,
    [contractIds, step, doneAt.toISOString()],
  );
  return new Set(rows.map(({ contractId }) => contractId));
}

export interface StepProgress {
  readonly contractId: string;
  readonly points: bigint;
  readonly micros: bigint;
}

/** Adds what was done now. Of points, the step is not over until it is looked at again. */
export async function addToStep(tx: Tx, step: TerminationStep, progress: readonly StepProgress[]): Promise<void> {
  await tx.rows(
    `insert into exchange.termination_steps as s (contract_id, step, points, micros)
     select id, $2, points, micros from unnest($1::uuid[], $3::bigint[], $4::bigint[]) as p (id, points, micros) order by id
     on conflict (contract_id, step) do update set points = s.points + excluded.points, micros = s.micros + excluded.micros,
       done_at = case when s.step = 'OUTSTANDING' then null else s.done_at end`,
    [progress.map((p) => p.contractId), step, progress.map((p) => p.points), progress.map((p) => p.micros)],
  );
}

/** The balances of partners' deposits in micros. */
export async function readDeposits(db: Db, partnerIds: readonly string[]): Promise<Map<string, bigint>> {
  const rows = await db.rows<{ owner: string; available: bigint }>(
    "select owner, available from ledger.accounts where kind = 'DEPOSIT' and owner = any($1::uuid[]) and unit = 0 and topic is null",
    [partnerIds],
  );
  return new Map(rows.map(({ owner, available }) => [owner, available]));
}

/**
 * What a redemption has drawn on the deposits that partners paid for the ends of contracts, net of what went back: micros, by partner. Nothing
 * where the deposit was returned. Read under the locks of the deposits.
 */
export async function readDrawn(
  db: Db,
  redemptionId: string,
  endings: readonly { readonly partnerId: string; readonly contractId: string }[],
): Promise<Map<string, bigint>> {
  const rows = await db.rows<{ owner: string; micros: bigint }>(
    `select a.owner, -sum(e.available)::bigint as micros
     from unnest($2::uuid[], $3::uuid[]) as n (partner, contract)
     join ledger.accounts a on a.kind = 'DEPOSIT' and a.owner = n.partner and a.unit = 0 and a.topic is null
     join ledger.postings p on p.reference = $1 and ${isFoundByReference('p')}
     join ledger.entries e on ${isOfPosting('e', 'p.id')} and e.account_id = a.id
     where not exists (select from exchange.termination_steps s where s.contract_id = n.contract and s.step = 'DEPOSIT_RETURN')
       and p.id > (select max(paid.id) from ledger.postings paid where paid.reference = n.contract and paid.code = 'deposit.paid')
     group by a.owner`,
    [redemptionId, endings.map(({ partnerId }) => partnerId), endings.map(({ contractId }) => contractId)],
  );
  return new Map(rows.map(({ owner, micros }) => [owner, micros]));
}

/** Points of one issuer, currency and price that members have, held ones included. */
export interface OutstandingPoints {
  readonly issuer: string;
  readonly currencyNo: number;
  readonly redemptionMicros: bigint;
  readonly fundedMicros: bigint;
  readonly points: bigint;
}

/** What is outstanding of issuers' points, by price. */
export function readOutstanding(db: Db, issuers: readonly string[], asOf: Date): Promise<OutstandingPoints[]> {
  return db.rows<OutstandingPoints>(
    `select l.issuer, a.unit as "currencyNo", l.redemption_micros as "redemptionMicros", l.funded_micros as "fundedMicros",
       sum(l.held + case when l.expires_at <= $2 then 0 else l.available end)::bigint as points
     from ledger.lots l join ledger.accounts a on a.id = l.account_id
     where l.issuer = any($1::uuid[]) and (l.available > 0 or l.held > 0)
     group by 1, 2, 3, 4`,
    [issuers, asOf.toISOString()],
  );
}

/** Points that are to be taken: all of an issuer's, except those of the one currency that is kept. */
export interface Taking {
  readonly contractId: string;
  readonly issuer: string;
  readonly kept: number | undefined;
}

const columnsOf = (takings: readonly Taking[], asOf: Date) => [
  takings.map(({ issuer }) => issuer),
  takings.map(({ kept }) => kept ?? null),
  asOf.toISOString(),
];

/** A bounded number of wallets with points that are to be taken. An expired lot is left to its own job. */
export function findHolders(
  db: Db,
  takings: readonly Taking[],
  asOf: Date,
  limit: number,
): Promise<{ issuer: string; memberId: string; currencyNo: number }[]> {
  return db.rows(
    `select distinct issuer, owner as "memberId", unit as "currencyNo" from (
       select l.issuer, a.owner, a.unit
       from unnest($1::uuid[], $2::smallint[]) as t (issuer, kept)
       join ledger.lots l on l.issuer = t.issuer and (l.available > 0 or l.held > 0)
       join ledger.accounts a on a.id = l.account_id and a.unit is distinct from t.kept
       where l.available > 0 and (l.expires_at is null or l.expires_at > $3)
       limit $4
     ) due`,
    [...columnsOf(takings, asOf), limit],
  );
}

/** Notes of contracts of whose points nothing is left, not even in a hold, that all is done. */
export async function closeOutstanding(tx: Tx, takings: readonly Taking[], asOf: Date): Promise<void> {
  await tx.rows(
    `insert into exchange.termination_steps as s (contract_id, step, done_at)
     select t.contract, 'OUTSTANDING', $3 from unnest($1::uuid[], $2::smallint[], $4::uuid[]) as t (issuer, kept, contract)
     where not exists (
       select from ledger.lots l join ledger.accounts a on a.id = l.account_id and a.unit is distinct from t.kept
       where l.issuer = t.issuer and (l.available > 0 or l.held > 0) and (l.held > 0 or l.expires_at is null or l.expires_at > $3)
     )
     order by t.contract
     on conflict (contract_id, step) do update set done_at = excluded.done_at where s.done_at is null`,
    [...columnsOf(takings, asOf), takings.map(({ contractId }) => contractId)],
  );
}
