import type { Db, Tx } from '../../platform/database.ts';
import type { Statement, StatementLine } from './statement.ts';

const COLUMNS = `s.id, s.cycle_no as "cycleNo", s.partner_id as "partnerId", s.status, s.net_minor as "netMinor",
  s.opening_points as "openingPoints", s.closing_points as "closingPoints", s.hash, s.net_days as "netDays",
  s.dispute_window_days as "disputeWindowDays", s.issued_on as "issuedOn", s.due_date as "dueDate",
  s.disputable_until as "disputableUntil", s.accepted_at as "acceptedAt"`;

/** Statements by their stored ids, for `load`; undefined where there is none. */
export async function readStatements(db: Db, ids: readonly string[]): Promise<(Statement | undefined)[]> {
  const rows = await db.rows<Statement>(`select ${COLUMNS} from settlement.statements s where s.id = any($1::uuid[])`, [ids]);
  const byId = new Map(rows.map((statement) => [statement.id, statement]));
  return ids.map((id) => byId.get(id));
}

/** The statements of cycles by their numbers, by partner code, for `load`. */
export async function readStatementsOf(db: Db, cycleNos: readonly number[]): Promise<Statement[][]> {
  const rows = await db.rows<Statement>(
    `select ${COLUMNS} from settlement.statements s join partners.partners p on p.id = s.partner_id
     where s.cycle_no = any($1::integer[]) order by p.code`,
    [cycleNos],
  );
  const byCycle = Map.groupBy(rows, ({ cycleNo }) => cycleNo);
  return cycleNos.map((no) => byCycle.get(no) ?? []);
}

/** All statements of partners, the latest first, for `load`. */
export async function readStatementsOfPartners(db: Db, partnerIds: readonly string[]): Promise<Statement[][]> {
  const rows = await db.rows<Statement>(
    `select ${COLUMNS} from settlement.statements s where s.partner_id = any($1::uuid[]) order by s.cycle_no desc`,
    [partnerIds],
  );
  const byPartner = Map.groupBy(rows, ({ partnerId }) => partnerId);
  return partnerIds.map((id) => byPartner.get(id) ?? []);
}

/** Locks a statement until the transaction ends; undefined where there is none. */
export async function lockStatement(tx: Tx, id: string): Promise<Statement | undefined> {
  const [row] = await tx.rows<Statement>(`select ${COLUMNS} from settlement.statements s where s.id = $1 for update`, [id]);
  return row;
}

const LINE_COLUMNS = `h.id, h.line_id as "lineId", s.id as "statementId", l.cycle_no as "cycleNo", h.partner_id as "partnerId", h.no,
  l.type, l.key, l.description, l.workings, h.micros, h.minor`;
const LINES = `settlement.shares h join settlement.lines l on l.id = h.line_id
  join settlement.statements s on s.cycle_no = l.cycle_no and s.partner_id = h.partner_id`;

/** The lines of statements in their order, for `load`. */
export async function readLinesOf(db: Db, statementIds: readonly string[]): Promise<StatementLine[][]> {
  const rows = await db.rows<StatementLine>(`select ${LINE_COLUMNS} from ${LINES} where s.id = any($1::uuid[]) order by h.no`, [
    statementIds,
  ]);
  const byStatement = Map.groupBy(rows, ({ statementId }) => statementId);
  return statementIds.map((id) => byStatement.get(id) ?? []);
}

/** Statement lines by their stored ids, for `load`; undefined where there is none. */
export async function readStatementLines(db: Db, ids: readonly string[]): Promise<(StatementLine | undefined)[]> {
  const rows = await db.rows<StatementLine>(`select ${LINE_COLUMNS} from ${LINES} where h.id = any($1::uuid[])`, [ids]);
  const byId = new Map(rows.map((line) => [line.id, line]));
  return ids.map((id) => byId.get(id));
}

export async function insertStatements(tx: Tx, statements: readonly Statement[]): Promise<void> {
  await tx.rows(
    `insert into settlement.statements (id, cycle_no, partner_id, net_minor, opening_points, closing_points, hash, net_days, dispute_window_days)
     select * from unnest($1::uuid[], $2::integer[], $3::uuid[], $4::bigint[], $5::jsonb[], $6::jsonb[], $7::text[], $8::integer[], $9::integer[])`,
    [
      statements.map((s) => s.id),
      statements.map((s) => s.cycleNo),
      statements.map((s) => s.partnerId),
      statements.map((s) => s.netMinor),
      statements.map((s) => JSON.stringify(s.openingPoints)),
      statements.map((s) => JSON.stringify(s.closingPoints)),
      statements.map((s) => s.hash),
      statements.map((s) => s.netDays),
      statements.map((s) => s.disputeWindowDays),
    ],
  );
}
