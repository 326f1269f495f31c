import { newId } from '../../kernel/ids.ts';
import { microsOfMinor } from '../../kernel/money.ts';
import { post } from '../../ledger/post.ts';
import { interestCharged, settlementPaid } from '../../ledger/postings/settlement.ts';
import { lateInterestMinor } from '../../partners/contracts/clauses/payment-terms/payment-terms.rules.ts';
import type { Tx } from '../../platform/database.ts';
import type { Instruction } from './instruction.ts';
import { updateStatus } from './instructions.queries.ts';
import type { Payment } from './payment.ts';
import { insertPayment } from './payments.queries.ts';

/** A payment that was made: the instruction as it has become, and the payment itself. */
export interface Paid {
  readonly paid: Instruction;
  readonly payment: Payment;
}

/**
 * Posts and stores a payment that fits, of an instruction that is locked together with its cycle. What comes after the due date bears
 * interest, which is charged in the open cycle. Paying all of what had become overdue or a default makes it PAID; a contract that was
 * suspended for it stays so until the operator resumes it.
 */
export async function payInstruction(
  tx: Tx,
  instruction: Instruction,
  what: Pick<Payment, 'amountMinor' | 'bankReference' | 'valueDate' | 'bankEntryId'>,
  currency: string,
  now: Date,
): Promise<Paid> {
  const [id, payer, payee] = [newId(), instruction.payer ?? undefined, instruction.payee ?? undefined];
  const terms = { lateInterestBpsPerDay: instruction.lateInterestBps };
  const interestMinor = instruction.dueDate === null ? 0n : lateInterestMinor(terms, what.amountMinor, instruction.dueDate, what.valueDate);
  const facts = { reference: id, occurredAt: now };
  const [posted] = await post(tx, [
    settlementPaid(facts, payer, payee, microsOfMinor(what.amountMinor, currency)),
    ...(interestMinor === 0n ? [] : [interestCharged(facts, payer, payee, microsOfMinor(interestMinor, currency))]),
  ]);
  if (posted === undefined || posted.refusal !== undefined) throw new Error('a payment was refused by the book');
  const paidMinor = instruction.paidMinor + what.amountMinor;
  const isLate = instruction.status === 'OVERDUE' || instruction.status === 'DEFAULTED';
  const status = paidMinor === instruction.amountMinor ? 'PAID' : isLate ? instruction.status : 'PARTIALLY_PAID';
  const paid: Instruction = { ...instruction, paidMinor, status };
  await updateStatus(tx, paid);
  const payment: Payment = { ...what, id, instructionId: instruction.id, interestMinor, recordedAt: posted.recordedAt };
  await insertPayment(tx, payment, posted.postingId);
  return { paid, payment };
}
