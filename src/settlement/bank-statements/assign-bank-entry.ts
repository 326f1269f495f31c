import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { type Attempt, once } from '../../platform/idempotency.ts';
import { lockCycle } from '../cycles/cycles.queries.ts';
import { settleCycle } from '../cycles/settle-cycle.ts';
import type { Instruction } from '../payments/instruction.ts';
import { lockInstruction, readInstructions } from '../payments/instructions.queries.ts';
import { payInstruction } from '../payments/pay-instruction.ts';
import { readPaymentsOf } from '../payments/payments.queries.ts';
import { lockBankEntry, readBankEntries, updateMatched } from './bank-entries.queries.ts';
import type { BankEntry } from './bank-entry.ts';

export interface AssignBankEntry {
  readonly attempt: Attempt;
  readonly entryId: string;
  readonly instructionId: string;
}

/** What of an entry is not matched pays an instruction that the operator names, up to what is outstanding. */
export async function assignBankEntry(tx: Tx, { attempt, entryId, instructionId }: AssignBankEntry): Promise<Outcome<BankEntry>> {
  const again = async () => {
    const [entry] = await readBankEntries(tx, [entryId]);
    if (entry === undefined) throw new Error('a recorded bank entry is not stored');
    return entry;
  };
  const [found] = await readInstructions(tx, [instructionId]);
  // Before the key is looked up, so that a request that comes twice at a time waits for itself and is answered alike.
  const cycle = found && (await lockCycle(tx, found.cycleNo));
  const outcome = await once<BankEntry>(tx, attempt, again, async () => {
    if (found === undefined || cycle === undefined) return invalid('instructionId', 'There is no such payment that is to be made.');
    const { coalition, now } = await coalitionNow(tx);
    const instruction = await lockInstruction(tx, found.id);
    const entry = await lockBankEntry(tx, entryId);
    if (entry === undefined) return invalid('entryId', 'There is no such bank entry.');
    const refusal = await refusalOf(tx, entry, instruction);
    if (refusal !== undefined) return refusal;
    const rest = entry.amountMinor - entry.matchedMinor;
    const outstanding = instruction.amountMinor - instruction.paidMinor;
    const minor = rest < outstanding ? rest : outstanding;
    const { bankReference, valueDate } = entry;
    await payInstruction(
      tx,
      instruction,
      { amountMinor: minor, bankReference, valueDate, bankEntryId: entry.id },
      coalition.program.settlementCurrency,
      now,
    );
    const reason = minor < rest ? 'OVERPAID' : null;
    await updateMatched(tx, [{ id: entry.id, matchedMinor: entry.matchedMinor + minor, matchedBy: entry.matchedBy ?? 'HAND', reason }]);
    await settleCycle(tx, cycle, now);
    return done({ value: await again(), record: {} });
  });
  return 'refused' in outcome ? outcome : done(outcome.done.value);
}

async function refusalOf(tx: Tx, entry: BankEntry, instruction: Instruction): Promise<Outcome<never> | undefined> {
  const { amountMinor, paidMinor, payer, payee } = instruction;
  if (entry.matchedMinor === entry.amountMinor) return invalid('entryId', 'All of this entry is matched already.');
  if (amountMinor === paidMinor) return invalid('instructionId', 'Nothing is left to be paid of this.');
  if (entry.direction === 'CREDIT' ? payee !== null : payer !== null)
    return invalid(
      'instructionId',
      `The entry is a ${entry.direction}: money ${entry.direction === 'CREDIT' ? 'to' : 'from'} the operator.`,
    );
  const [payments = []] = await readPaymentsOf(tx, [instruction.id]);
  if (payments.some(({ bankReference }) => bankReference === entry.bankReference))
    return refused('DUPLICATE', 'A payment with the bank reference of this entry is recorded for it already.', {
      field: ['instructionId'],
    });
  return undefined;
}
