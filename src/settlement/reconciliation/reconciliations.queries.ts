import type { Db, Tx } from '../../platform/database.ts';
import type { BadRow, Count, Reconciliation, Result, SideRow } from './reconciliation.ts';

const COLUMNS = `r.id, r.no, r.partner_id as "partnerId", r.cycle_no as "cycleNo", r.starts_at as "startsAt", r.ends_at as "endsAt", r.kinds,
  r.format, r.file_name as "fileName", r.content_hash as "contentHash", r.tolerance_points as "tolerancePoints",
  r.tolerance_days as "toleranceDays", r.rows_read as "rowsRead", r.bad_rows as "badRows", r.counts, r.created_at as "createdAt",
  r.ran_at as "ranAt", r.superseded_by as "supersededBy"`;

/** Reconciliations by their stored ids, for `load`; undefined where there is none. */
export async function readReconciliations(db: Db, ids: readonly string[]): Promise<(Reconciliation | undefined)[]> {
  const rows = await db.rows<Reconciliation>(`select ${COLUMNS} from settlement.reconciliations r where r.id = any($1::uuid[])`, [ids]);
  const byId = new Map(rows.map((run) => [run.id, run]));
  return ids.map((id) => byId.get(id));
}

/** The reconciliations of partners, the oldest first, for `load`. */
export async function readReconciliationsOf(db: Db, partnerIds: readonly string[]): Promise<Reconciliation[][]> {
  const rows = await db.rows<Reconciliation>(
    `select ${COLUMNS} from settlement.reconciliations r where r.partner_id = any($1::uuid[]) order by r.no`,
    [partnerIds],
  );
  const byPartner = Map.groupBy(rows, ({ partnerId }) => partnerId);
  return partnerIds.map((id) => byPartner.get(id) ?? []);
}

/** The reconciliations of a partner that no later file has replaced; until the transaction ends nobody else reconciles for it. */
export async function lockCurrent(tx: Tx, partnerId: string): Promise<(Reconciliation & { columns: Record<string, string> })[]> {
  await tx.rows('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`settlement.reconciliations ${partnerId}`]);
  return tx.rows(
    `select ${COLUMNS}, r.columns from settlement.reconciliations r where r.partner_id = $1 and r.superseded_by is null order by r.no`,
    [partnerId],
  );
}

export interface NewReconciliation
  extends Omit<Reconciliation, 'no' | 'rowsRead' | 'badRows' | 'counts' | 'supersededBy' | 'createdAt' | 'ranAt'> {
  readonly columns: object;
  readonly startedBy: string;
}

export async function insertReconciliation(tx: Tx, run: NewReconciliation, now: Date): Promise<void> {
  await tx.rows(
    `insert into settlement.reconciliations (id, partner_id, cycle_no, starts_at, ends_at, kinds, format, file_name, content_hash,
       tolerance_points, tolerance_days, columns, started_by, created_at, ran_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)`,
    [
      run.id,
      run.partnerId,
      run.cycleNo,
      run.startsAt.toISOString(),
      run.endsAt.toISOString(),
      run.kinds,
      run.format,
      run.fileName,
      run.contentHash,
      run.tolerancePoints,
      run.toleranceDays,
      JSON.stringify(run.columns),
      run.startedBy,
      now.toISOString(),
    ],
  );
}

/** Says which run took the place of earlier ones, and lets go of their rows: what they had claimed is free again. */
export async function supersede(tx: Tx, runIds: readonly string[], by: string): Promise<void> {
  await tx.rows('update settlement.reconciliations set superseded_by = $2 where id = any($1::uuid[])', [runIds, by]);
  await forgetRows(tx, runIds);
}

/** Removes the rows of both sides; what could not be read of a file stays listed. */
async function forgetRows(tx: Tx, runIds: readonly string[]): Promise<void> {
  await tx.rows('delete from settlement.their_rows where run_id = any($1::uuid[])', [runIds]);
  await tx.rows('delete from settlement.our_rows where run_id = any($1::uuid[])', [runIds]);
}

/** Makes room for the same file again. */
export async function clearRun(tx: Tx, runId: string): Promise<void> {
  await forgetRows(tx, [runId]);
  await tx.rows('delete from settlement.bad_rows where run_id = $1', [runId]);
}

/** Stores what a run came to. */
export async function finishRun(
  tx: Tx,
  { id, rowsRead, badRows, now }: { id: string; rowsRead: number; badRows: number; now: Date },
): Promise<void> {
  const counts = await tx.rows<Count>(
    `select result, kind, (count(*) filter (where side = 't'))::integer as "theirRows", (count(*) filter (where side = 'o'))::integer as "ourRows",
       coalesce(sum(amount) filter (where side = 't'), 0)::text as "theirAmount", coalesce(sum(amount) filter (where side = 'o'), 0)::text as "ourAmount"
     from (
       select 't' as side, result, kind, amount from settlement.their_rows where run_id = $1
       union all select 'o', result, kind, amount from settlement.our_rows where run_id = $1
     ) r group by result, kind order by kind, result`,
    [id],
  );
  await tx.rows('update settlement.reconciliations set rows_read = $2, bad_rows = $3, counts = $4, ran_at = $5 where id = $1', [
    id,
    rowsRead,
    badRows,
    JSON.stringify(counts),
    now.toISOString(),
  ]);
}

const SIDE_COLUMNS = `run_id as "runId", kind, key, occurred_at as "occurredAt", currency_no as "currencyNo", amount, result, rule, match_no as "matchNo"`;
const THEIRS = `select ${SIDE_COLUMNS}, 'THEIRS' as side, no, null as source from settlement.their_rows`;
const OURS = `select ${SIDE_COLUMNS}, 'OURS' as side, no, source from settlement.our_rows`;

/** A page of the rows of both sides: those of the file first, each side in its order. */
export interface RowPage {
  readonly runId: string;
  readonly result: Result | undefined;
  readonly size: number;
  readonly after: readonly [side: string, no: number] | undefined;
}

/** One more row than the page holds. */
export async function readRows(db: Db, { runId, result, size, after }: RowPage): Promise<SideRow[]> {
  const [side, no] = after ?? ['THEIRS', 0];
  const where = (table: string) => `${table} where run_id = $1 and ($2::text is null or result = $2) and no > $3 order by no limit $4`;
  const theirs = side === 'OURS' ? [] : await db.rows<SideRow>(where(THEIRS), [runId, result ?? null, no, size + 1]);
  if (theirs.length > size) return theirs;
  const ours = await db.rows<SideRow>(where(OURS), [runId, result ?? null, side === 'OURS' ? no : 0, size + 1 - theirs.length]);
  return [...theirs, ...ours];
}

/** A match of a run. */
export interface MatchKey {
  readonly runId: string;
  readonly matchNo: number;
}

/** The rows of both sides in matches, for `load`. */
export async function readMatches(db: Db, keys: readonly MatchKey[]): Promise<SideRow[][]> {
  const [runs, matches] = [keys.map(({ runId }) => runId), keys.map(({ matchNo }) => matchNo)];
  const asked = `where (run_id, match_no) in (select * from unnest($1::uuid[], $2::integer[])) order by no`;
  const rows = [
    ...(await db.rows<SideRow>(`${THEIRS} ${asked}`, [runs, matches])),
    ...(await db.rows<SideRow>(`${OURS} ${asked}`, [runs, matches])),
  ];
  const byMatch = Map.groupBy(rows, ({ runId, matchNo }) => `${runId} ${matchNo}`);
  return keys.map(({ runId, matchNo }) => byMatch.get(`${runId} ${matchNo}`) ?? []);
}

/** One more bad row than the page holds, in the order of the file. */
export function readBadRows(db: Db, runId: string, size: number, after: number): Promise<BadRow[]> {
  return db.rows<BadRow>('select no, reason from settlement.bad_rows where run_id = $1 and no > $2 order by no limit $3', [
    runId,
    after,
    size + 1,
  ]);
}
