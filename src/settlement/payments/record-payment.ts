import { newId } from '../../kernel/ids.ts';
import { dayOf } from '../../kernel/instant.ts';
import { type Amount, microsOfMinor } from '../../kernel/money.ts';
import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import { post } from '../../ledger/post.ts';
import { interestCharged, settlementPaid } from '../../ledger/postings/settlement.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import { lateInterestMinor } from '../../partners/contracts/clauses/payment-terms/payment-terms.rules.ts';
import type { Tx } from '../../platform/database.ts';
import { type Attempt, once } from '../../platform/idempotency.ts';
import { lockCycle } from '../cycles/cycles.queries.ts';
import { settleCycle } from '../cycles/settle-cycle.ts';
import type { Statement } from '../statements/statement.ts';
import { readStatements } from '../statements/statements.queries.ts';
import type { Instruction } from './instruction.ts';
import { lockInstructionOf, updatePaid } from './instructions.queries.ts';
import { insertPayment, readPaymentsOf } from './payments.queries.ts';

/** Money that the bank says was paid for a statement. */
export interface RecordPayment {
  readonly attempt: Attempt;
  readonly statementId: string;
  readonly amount: Amount;
  readonly bankReference: string;
  readonly valueDate: string;
}

const REFERENCE = /^[\x20-\x7e]{1,140}$/;

/** A payment for a statement, whole or in part, in either direction. What comes after the due date bears interest, charged in the open cycle. */
export async function recordPayment(tx: Tx, command: RecordPayment): Promise<Outcome<Statement>> {
  const { attempt, statementId } = command;
  const read = async () => {
    const [statement] = await readStatements(tx, [statementId]);
    if (statement === undefined) throw new Error('a recorded statement is not stored');
    return statement;
  };
  const outcome = await once<Statement>(tx, attempt, read, async () => {
    const { coalition, now } = await coalitionNow(tx);
    const [statement] = await readStatements(tx, [statementId]);
    if (statement === undefined) return invalid('statementId', 'There is no such statement.');
    const cycle = await lockCycle(tx, statement.cycleNo);
    const instruction = await lockInstructionOf(tx, statementId);
    const { settlementCurrency, timeZone } = coalition.program;
    const checked = await checkPayment(tx, command, instruction, settlementCurrency, dayOf(now, timeZone));
    if ('refused' in checked) return checked;
    await payInstruction(tx, checked.done, command, settlementCurrency, now);
    await settleCycle(tx, cycle, now);
    return done({ value: await read(), record: {} });
  });
  return 'refused' in outcome ? outcome : done(outcome.done.value);
}

async function checkPayment(
  tx: Tx,
  { amount, bankReference, valueDate }: RecordPayment,
  instruction: Instruction | undefined,
  currency: string,
  today: string,
): Promise<Outcome<Instruction>> {
  if (amount.currency !== currency) return invalid('amount', `Money is in the settlement currency, ${currency}.`);
  if (amount.minor <= 0n) return invalid('amount', 'A payment is more than nothing.');
  if (!REFERENCE.test(bankReference)) return invalid('bankReference', 'A bank reference is 1 to 140 printable ASCII characters.');
  if (valueDate > today) return invalid('valueDate', `A payment is not recorded before its value date; today is ${today}.`);
  if (instruction === undefined || instruction.status === 'CARRIED')
    return invalid('statementId', 'Nothing is to be paid for this statement.');
  const [payments = []] = await readPaymentsOf(tx, [instruction.id]);
  if (payments.some((payment) => payment.bankReference === bankReference))
    return refused('DUPLICATE', 'A payment with this bank reference is recorded for the statement already.', { field: ['bankReference'] });
  const outstanding = instruction.amountMinor - instruction.paidMinor;
  if (amount.minor > outstanding)
    return refused('VALIDATION', `Only ${outstanding} minor units are outstanding.`, {
      field: ['amount'],
      details: { outstanding: String(outstanding) },
    });
  return done(instruction);
}

/** Posts and stores a payment that fits, of an instruction that is locked; answers the instruction as it has become. */
export async function payInstruction(
  tx: Tx,
  instruction: Instruction,
  { amount, bankReference, valueDate }: Pick<RecordPayment, 'amount' | 'bankReference' | 'valueDate'>,
  currency: string,
  now: Date,
): Promise<Instruction> {
  const [id, payer, payee] = [newId(), instruction.payer ?? undefined, instruction.payee ?? undefined];
  const terms = { lateInterestBpsPerDay: instruction.lateInterestBps };
  const interestMinor = instruction.dueDate === null ? 0n : lateInterestMinor(terms, amount.minor, instruction.dueDate, valueDate);
  const facts = { reference: id, occurredAt: now };
  const [posted] = await post(tx, [
    settlementPaid(facts, payer, payee, microsOfMinor(amount.minor, currency)),
    ...(interestMinor === 0n ? [] : [interestCharged(facts, payer, payee, microsOfMinor(interestMinor, currency))]),
  ]);
  if (posted === undefined || posted.refusal !== undefined) throw new Error('a payment was refused by the book');
  const paidMinor = instruction.paidMinor + amount.minor;
  const isLate = instruction.status === 'OVERDUE' || instruction.status === 'DEFAULTED';
  const status = paidMinor === instruction.amountMinor ? 'PAID' : isLate ? instruction.status : 'PARTIALLY_PAID';
  const paid: Instruction = { ...instruction, paidMinor, status };
  await updatePaid(tx, paid);
  const payment = { id, instructionId: instruction.id, amountMinor: amount.minor, bankReference, valueDate, interestMinor };
  await insertPayment(tx, { ...payment, recordedAt: posted.recordedAt }, posted.postingId);
  return paid;
}
