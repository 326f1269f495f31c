import type { Db, Tx } from '../../platform/database.ts';
import type { Payment } from './payment.ts';

const COLUMNS = `id, instruction_id as "instructionId", amount_minor as "amountMinor", bank_reference as "bankReference",
  value_date as "valueDate", interest_minor as "interestMinor", recorded_at as "recordedAt", bank_entry_id as "bankEntryId"`;

/** The payments of instructions in the order in which they were recorded, for `load`. */
export async function readPaymentsOf(db: Db, instructionIds: readonly string[]): Promise<Payment[][]> {
  const rows = await db.rows<Payment>(
    `select ${COLUMNS} from settlement.payments where instruction_id = any($1::uuid[]) order by recorded_at, id`,
    [instructionIds],
  );
  const byInstruction = Map.groupBy(rows, ({ instructionId }) => instructionId);
  return instructionIds.map((id) => byInstruction.get(id) ?? []);
}

/** The payments that were found in bank entries, in the order in which they were recorded, for `load`. */
export async function readPaymentsFound(db: Db, bankEntryIds: readonly string[]): Promise<Payment[][]> {
  const rows = await db.rows<Payment>(
    `select ${COLUMNS} from settlement.payments where bank_entry_id = any($1::uuid[]) order by recorded_at, id`,
    [bankEntryIds],
  );
  const byEntry = Map.groupBy(rows, ({ bankEntryId }) => bankEntryId);
  return bankEntryIds.map((id) => byEntry.get(id) ?? []);
}

export async function insertPayment(tx: Tx, payment: Payment, postingId: bigint): Promise<void> {
  await tx.rows(
    `insert into settlement.payments (id, instruction_id, amount_minor, bank_reference, value_date, interest_minor, recorded_at, posting_id, bank_entry_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      payment.id,
      payment.instructionId,
      payment.amountMinor,
      payment.bankReference,
      payment.valueDate,
      payment.interestMinor,
      payment.recordedAt.toISOString(),
      postingId,
      payment.bankEntryId,
    ],
  );
}
