import { newId } from '../../kernel/ids.ts';
import { dayOf } from '../../kernel/instant.ts';
import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import { type Coalition, coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { type Attempt, once } from '../../platform/idempotency.ts';
import { lockCycle } from '../cycles/cycles.queries.ts';
import { settleCycle } from '../cycles/settle-cycle.ts';
import type { Instruction } from '../payments/instruction.ts';
import { lockInstruction, readUnpaidOr } from '../payments/instructions.queries.ts';
import { payInstruction } from '../payments/pay-instruction.ts';
import { insertMovements, readBankEntries, readRecordedElsewhere, updateMatched } from './bank-entries.queries.ts';
import type { BankEntry, BankMovement, IgnoredEntry, IgnoredReason } from './bank-entry.ts';
import { readCamt053, saidOf } from './camt053.rules.ts';
import { matchEntries, namedIn } from './matching.rules.ts';

/** What became of the entries of a bank statement, in its order. */
export interface MatchedStatement {
  readonly taken: readonly BankEntry[];
  readonly ignored: readonly IgnoredEntry[];
}

/** Takes a camt.053 bank statement: each entry once, and what it pays is recorded like a payment by hand. */
export async function matchBankStatement(tx: Tx, attempt: Attempt, content: string): Promise<Outcome<MatchedStatement>> {
  const outcome = await once<MatchedStatement>(
    tx,
    attempt,
    async ({ taken, ignored }) => ({ taken: await readTaken(tx, taken as string[]), ignored: ignored as IgnoredEntry[] }),
    async () => {
      const { coalition, now } = await coalitionNow(tx);
      const { program } = coalition;
      const statement = readCamt053(content, program.settlementCurrency);
      if ('refused' in statement) return statement;
      const { movements } = statement.done;
      const expected = program.bankAccount?.iban ?? movements[0]?.account;
      const foreign = movements.find(({ account }) => account !== expected);
      if (foreign !== undefined)
        return invalid('content', `It has entries of account ${foreign.account}: only those of ${expected} are taken.`);
      const { taken, ignored } = await take(tx, movements, dayOf(now, program.timeZone), program.settlementCurrency);
      await payFor(tx, taken, coalition, now);
      const ids = taken.map(({ id }) => id);
      const value = { taken: await readTaken(tx, ids), ignored: [...statement.done.ignored, ...ignored] };
      return done({ value, record: { taken: ids, ignored: value.ignored } });
    },
  );
  return 'refused' in outcome ? outcome : done(outcome.done.value);
}

async function readTaken(tx: Tx, ids: readonly string[]): Promise<BankEntry[]> {
  return (await readBankEntries(tx, ids)).filter((entry) => entry !== undefined);
}

type Taken = BankMovement & { readonly id: string };

/** Keeps the movements that count today and that nobody brought before. */
async function take(
  tx: Tx,
  movements: readonly BankMovement[],
  today: string,
  currency: string,
): Promise<{ readonly taken: readonly Taken[]; readonly ignored: readonly IgnoredEntry[] }> {
  const recorded = await readRecordedElsewhere(
    tx,
    movements.map(({ bankReference }) => bankReference),
  );
  const judged = movements.map((movement): Taken & { readonly reason?: IgnoredReason } => {
    const taken = { ...movement, id: newId() };
    if (movement.valueDate > today) return { ...taken, reason: 'VALUE_DATE_AHEAD' };
    const isRecorded = recorded.some((one) => one.bankReference === movement.bankReference && one.account !== movement.account);
    return isRecorded ? { ...taken, reason: 'RECORDED_ALREADY' } : taken;
  });
  const fresh = await insertMovements(
    tx,
    judged.filter(({ reason }) => reason === undefined),
  );
  return {
    taken: judged.filter(({ id }) => fresh.has(id)),
    ignored: judged.flatMap(({ id, reason, bankReference, amountMinor }) =>
      fresh.has(id) ? [] : [{ bankReference, amount: saidOf(amountMinor, currency), reason: reason ?? 'TAKEN_ALREADY' }],
    ),
  };
}

/** Pays what entries are matched to. Cycles are locked before instructions, and both in their order. */
async function payFor(tx: Tx, entries: readonly Taken[], coalition: Coalition, now: Date): Promise<void> {
  if (entries.length === 0) return;
  const named = namedIn(entries);
  const cycleNos = new Set((await readUnpaidOr(tx, named)).map(({ cycleNo }) => cycleNo));
  for (const no of cycleNos) await lockCycle(tx, no);
  const instructions = (await readUnpaidOr(tx, named)).filter(({ cycleNo }) => cycleNos.has(cycleNo));
  const matching = matchEntries(entries, { instructions, ibanOf: (id) => coalition.partnerById(id).bankAccount?.iban });
  const paid = new Map<string, Instruction>();
  for (const { at, instruction, minor } of matching.matches) {
    const { bankReference, valueDate, id: bankEntryId } = entries[at] as Taken;
    const current = paid.get(instruction.id) ?? (await lockInstruction(tx, instruction.id));
    const what = { amountMinor: minor, bankReference, valueDate, bankEntryId };
    paid.set(instruction.id, (await payInstruction(tx, current, what, coalition.program.settlementCurrency, now)).paid);
  }
  const matchOf = new Map(matching.matches.map((match) => [match.at, match]));
  await updateMatched(
    tx,
    entries.map(({ id }, at) => ({
      id,
      matchedMinor: matchOf.get(at)?.minor ?? 0n,
      matchedBy: matchOf.get(at)?.by ?? null,
      reason: matching.reasons[at] ?? null,
    })),
  );
  for (const no of new Set([...paid.values()].map(({ cycleNo }) => cycleNo))) await settleCycle(tx, await lockCycle(tx, no), now);
}
