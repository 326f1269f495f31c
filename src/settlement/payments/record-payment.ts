import { dayOf } from '../../kernel/instant.ts';
import type { Amount } from '../../kernel/money.ts';
import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { type Attempt, once } from '../../platform/idempotency.ts';
import { lockCycle } from '../cycles/cycles.queries.ts';
import { settleCycle } from '../cycles/settle-cycle.ts';
import type { Instruction } from './instruction.ts';
import { lockInstruction, readInstructions, readInstructionsOfStatements } from './instructions.queries.ts';
import { payInstruction } from './pay-instruction.ts';
import { readPaymentsOf } from './payments.queries.ts';

/** Money that the bank says was paid for an instruction, which the field of the request names. */
export interface RecordPayment {
  readonly attempt: Attempt;
  readonly instruction: Instruction | undefined;
  readonly field: 'statementId' | 'instructionId';
  readonly amount: Amount;
  readonly bankReference: string;
  readonly valueDate: string;
}

const REFERENCE = /^[\x20-\x7e]{1,140}$/;

/** A payment between the operator and a partner for a statement, whole or in part, in either direction. Answers the statement's id. */
export async function recordStatementPayment(
  tx: Tx,
  command: Pick<RecordPayment, 'attempt' | 'amount' | 'bankReference' | 'valueDate'>,
  statementId: string,
): Promise<Outcome<string>> {
  const [instruction] = await readInstructionsOfStatements(tx, [statementId]);
  const outcome = await recordPayment(tx, { ...command, instruction, field: 'statementId' });
  return 'refused' in outcome ? outcome : done(outcome.done.statementId ?? statementId);
}

/** A payment of any instruction, also of one between two partners. What comes after the due date bears interest, charged in the open cycle. */
export async function recordPayment(tx: Tx, command: RecordPayment): Promise<Outcome<Instruction>> {
  const { attempt, field } = command;
  const readAgain = async (id: string) => {
    const [instruction] = await readInstructions(tx, [id]);
    if (instruction === undefined) throw new Error('a recorded instruction is not stored');
    return instruction;
  };
  // Before the key is looked up, so that a request that comes twice at a time waits for itself and is answered alike.
  const cycle = command.instruction && (await lockCycle(tx, command.instruction.cycleNo));
  const outcome = await once<Instruction>(
    tx,
    attempt,
    ({ instruction }) => readAgain(String(instruction)),
    async () => {
      if (command.instruction === undefined || cycle === undefined) return invalid(field, 'Nothing is to be paid for this.');
      const { coalition, now } = await coalitionNow(tx);
      const instruction = await lockInstruction(tx, command.instruction.id);
      const { settlementCurrency, timeZone } = coalition.program;
      const refusal = await refusalOf(tx, command, instruction, settlementCurrency, dayOf(now, timeZone));
      if (refusal !== undefined) return refusal;
      const { amount, bankReference, valueDate } = command;
      const payment = { amountMinor: amount.minor, bankReference, valueDate, bankEntryId: null };
      const { paid } = await payInstruction(tx, instruction, payment, settlementCurrency, now);
      await settleCycle(tx, cycle, now);
      return done({ value: paid, record: { instruction: paid.id } });
    },
  );
  return 'refused' in outcome ? outcome : done(outcome.done.value);
}

async function refusalOf(
  tx: Tx,
  { amount, bankReference, valueDate, field }: RecordPayment,
  instruction: Instruction,
  currency: string,
  today: string,
): Promise<Outcome<never> | undefined> {
  if (amount.currency !== currency) return invalid('amount', `Money is in the settlement currency, ${currency}.`);
  if (amount.minor <= 0n) return invalid('amount', 'A payment is more than nothing.');
  if (!REFERENCE.test(bankReference)) return invalid('bankReference', 'A bank reference is 1 to 140 printable ASCII characters.');
  if (valueDate > today) return invalid('valueDate', `A payment is not recorded before its value date; today is ${today}.`);
  if (instruction.status === 'CARRIED') return invalid(field, 'Nothing is to be paid for this: it is left to the next cycle.');
  const [payments = []] = await readPaymentsOf(tx, [instruction.id]);
  if (payments.some((payment) => payment.bankReference === bankReference))
    return refused('DUPLICATE', 'A payment with this bank reference is recorded for it already.', { field: ['bankReference'] });
  const outstanding = instruction.amountMinor - instruction.paidMinor;
  if (amount.minor <= outstanding) return undefined;
  return refused('VALIDATION', `Only ${outstanding} minor units are outstanding.`, {
    field: ['amount'],
    details: { outstanding: String(outstanding) },
  });
}
