import type { Instruction } from '../payments/instruction.ts';
import type { BankMovement, MatchedBy, UnmatchedReason } from './bank-entry.ts';

/** What an entry pays of an instruction. */
export interface Match {
  /** Its place among the entries. */
  readonly at: number;
  readonly instruction: Instruction;
  readonly minor: bigint;
  readonly by: MatchedBy;
}

/** What entries pay, and for every entry why a part of it pays nothing; null where all of it does. */
export interface Matching {
  readonly matches: readonly Match[];
  readonly reasons: readonly (UnmatchedReason | null)[];
}

type Matchable = Pick<BankMovement, 'direction' | 'amountMinor' | 'endToEndId' | 'counterpartyIban' | 'remittance'>;

/** The payments between the operator and partners that an entry may be for, and accounts of partners by their ids. */
export interface Payable {
  readonly instructions: readonly Instruction[];
  readonly ibanOf: (partnerId: string) => string | undefined;
}

/**
 * What entries pay, by the strongest rule first: all entries by their end-to-end id, then by a reference in their text, then by account and
 * amount where only one payment fits. Entries take turns in their order and each instruction is paid up to its amount, so the same entries
 * and instructions always come to the same. What exceeds the instruction stays unmatched.
 */
export function matchEntries(entries: readonly Matchable[], { instructions, ibanOf }: Payable): Matching {
  const outstanding = new Map(instructions.map(({ id, amountMinor, paidMinor }) => [id, amountMinor - paidMinor]));
  const left = (instruction: Instruction) => outstanding.get(instruction.id) ?? 0n;
  const matches: Match[] = [];
  const reasons = entries.map((): UnmatchedReason | null => 'NOTHING_FITS');
  const isOpen = entries.map(() => true);

  const pass = (by: MatchedBy, candidates: (entry: Matchable, possible: readonly Instruction[]) => readonly Instruction[]) => {
    for (const [at, entry] of entries.entries()) {
      if (!isOpen[at]) continue;
      const [instruction, ...more] = candidates(
        entry,
        instructions.filter((one) => fits(entry, one)),
      );
      if (instruction === undefined) continue;
      if (more.length > 0) {
        reasons[at] = 'AMBIGUOUS';
        continue;
      }
      isOpen[at] = false;
      const minor = entry.amountMinor < left(instruction) ? entry.amountMinor : left(instruction);
      if (minor > 0n) matches.push({ at, instruction, minor, by });
      outstanding.set(instruction.id, left(instruction) - minor);
      reasons[at] = minor === entry.amountMinor ? null : minor === 0n ? 'PAID_ALREADY' : 'OVERPAID';
    }
  };

  pass('END_TO_END_ID', ({ endToEndId }, possible) => possible.filter(({ id }) => hex(id) === endToEndId?.toLowerCase()));
  pass('REFERENCE', ({ remittance }, possible) => {
    const named = new Set((remittance ?? '').toLowerCase().match(REFERENCE));
    return possible.filter(
      ({ id, statementId }) => named.has(`ins_${hex(id)}`) || (statementId !== null && named.has(`stm_${hex(statementId)}`)),
    );
  });
  pass('IBAN_AND_AMOUNT', ({ counterpartyIban, amountMinor }, possible) =>
    possible.filter(
      (one) => counterpartyIban !== null && ibanOf(one.payer ?? one.payee ?? '') === counterpartyIban && left(one) === amountMinor,
    ),
  );
  return { matches, reasons };
}

const REFERENCE = /(?:ins|stm)_[0-9a-f]{32}/g;

const DIGITS = /^[0-9a-f]{32}$/;

/** Ids that entries name, of instructions or statements, as their 32 digits: what they name may have been paid already. */
export function namedIn(entries: readonly Pick<BankMovement, 'endToEndId' | 'remittance'>[]): string[] {
  return entries.flatMap(({ endToEndId, remittance }) => [
    ...(DIGITS.test((endToEndId ?? '').toLowerCase()) ? [(endToEndId ?? '').toLowerCase()] : []),
    ...((remittance ?? '').toLowerCase().match(REFERENCE) ?? []).map((reference) => reference.slice('ins_'.length)),
  ]);
}

/** The digits of a stored id: what a payment order carries as its end-to-end id. */
const hex = (uuid: string): string => uuid.replaceAll('-', '');

/** Money that came is a partner's payment to the operator, money that went the operator's to a partner. */
function fits({ direction }: Pick<BankMovement, 'direction'>, { payer, payee }: Instruction): boolean {
  return direction === 'CREDIT' ? payer !== null && payee === null : payer === null;
}
