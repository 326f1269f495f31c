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

/** Locks the instruction that settles a statement until the transaction ends; undefined when nothing is to be paid for it. */
export async function lockInstructionOf(tx: Tx, statementId: string): Promise<Instruction | undefined> {
  const [row] = await tx.rows<Instruction>(`select ${COLUMNS} from settlement.instructions i where i.statement_id = $1 for update`, [
    statementId,
  ]);
  return row;
}

/** Stores what was paid of an instruction. */
export async function updatePaid(tx: Tx, { id, paidMinor, status }: Instruction): Promise<void> {
  await tx.rows('update settlement.instructions set paid_minor = $2, status = $3 where id = $1', [id, paidMinor, status]);
}
