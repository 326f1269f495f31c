import type { Db, Tx } from '../../platform/database.ts';
import type { Instruction } from './instruction.ts';

const COLUMNS = `i.id, i.cycle_no as "cycleNo", i.statement_id as "statementId", i.payer, i.payee, i.amount_minor as "amountMinor",
  i.carried_minor as "carriedMinor", i.carried_reason as "carriedReason", i.paid_minor as "paidMinor",
  i.late_interest_bps as "lateInterestBps", i.status, i.due_date as "dueDate"`;

/** The instructions of cycles by their numbers, for `load`. */
export async function readInstructionsOf(db: Db, cycleNos: readonly number[]): Promise<Instruction[][]> {
  const rows = await db.rows<Instruction>(
    `select ${COLUMNS} from settlement.instructions i where i.cycle_no = any($1::integer[]) order by i.id`,
    [cycleNos],
  );
  const byCycle = Map.groupBy(rows, ({ cycleNo }) => cycleNo);
  return cycleNos.map((no) => byCycle.get(no) ?? []);
}

export async function insertInstructions(tx: Tx, instructions: readonly Instruction[]): Promise<void> {
  await tx.rows(
    `insert into settlement.instructions (id, cycle_no, statement_id, payer, payee, amount_minor, carried_minor, carried_reason, late_interest_bps, status)
     select * from unnest($1::uuid[], $2::integer[], $3::uuid[], $4::uuid[], $5::uuid[], $6::bigint[], $7::bigint[], $8::text[], $9::integer[], $10::text[])`,
    [
      instructions.map((i) => i.id),
      instructions.map((i) => i.cycleNo),
      instructions.map((i) => i.statementId),
      instructions.map((i) => i.payer),
      instructions.map((i) => i.payee),
      instructions.map((i) => i.amountMinor),
      instructions.map((i) => i.carriedMinor),
      instructions.map((i) => i.carriedReason),
      instructions.map((i) => i.lateInterestBps),
      instructions.map((i) => i.status),
    ],
  );
}

/** Instructions by their stored ids, for `load`; undefined where there is none. */
export async function readInstructions(db: Db, ids: readonly string[]): Promise<(Instruction | undefined)[]> {
  const rows = await db.rows<Instruction>(`select ${COLUMNS} from settlement.instructions i where i.id = any($1::uuid[])`, [ids]);
  const byId = new Map(rows.map((instruction) => [instruction.id, instruction]));
  return ids.map((id) => byId.get(id));
}

/** The payments between the operator and partners that settle statements; undefined where nothing is to be paid for one. */
export async function readInstructionsOfStatements(db: Db, statementIds: readonly string[]): Promise<(Instruction | undefined)[]> {
  const rows = await db.rows<Instruction>(`select ${COLUMNS} from settlement.instructions i where i.statement_id = any($1::uuid[])`, [
    statementIds,
  ]);
  const byStatement = new Map(rows.map((instruction) => [instruction.statementId, instruction]));
  return statementIds.map((id) => byStatement.get(id));
}

/** Locks an instruction until the transaction ends. */
export async function lockInstruction(tx: Tx, id: string): Promise<Instruction> {
  const [row] = await tx.rows<Instruction>(`select ${COLUMNS} from settlement.instructions i where i.id = $1 for update`, [id]);
  if (row === undefined) throw new Error(`there is no instruction ${id}`);
  return row;
}

const UNPAID = `i.status in ('DUE', 'PARTIALLY_PAID', 'OVERDUE', 'DEFAULTED')`;

/** Everything that is still to be paid, and what has one of these ids or settles a statement that has; the oldest first. */
export function readUnpaidOr(db: Db, ids: readonly string[]): Promise<Instruction[]> {
  return db.rows<Instruction>(
    `select ${COLUMNS} from settlement.instructions i
     where ${UNPAID} or i.id = any($1::uuid[]) or i.statement_id = any($1::uuid[]) order by i.cycle_no, i.id`,
    [ids],
  );
}

/** What was to be paid before a day and is not. Locks it until the transaction ends when `tx` is to change it. */
export function readPastDue(db: Db, day: string, lock: '' | 'for update' = ''): Promise<Instruction[]> {
  return db.rows<Instruction>(
    `select ${COLUMNS} from settlement.instructions i where ${UNPAID} and i.status <> 'DEFAULTED' and i.due_date < $1::date
     order by i.due_date, i.id ${lock}`,
    [day],
  );
}

/** Stores what was paid of an instruction, and where it stands. */
export async function updateStatus(tx: Tx, { id, paidMinor, status }: Instruction): Promise<void> {
  await tx.rows('update settlement.instructions set paid_minor = $2, status = $3 where id = $1', [id, paidMinor, status]);
}
