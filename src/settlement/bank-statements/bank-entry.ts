export const DIRECTIONS = ['CREDIT', 'DEBIT'] as const;
/** Whether money came to the operator's account or went from it. */
export type Direction = (typeof DIRECTIONS)[number];

/** What a bank statement says of one movement of money. */
export interface BankMovement {
  /** The operator's account, as the statement names it. */
  readonly account: string;
  readonly bankReference: string;
  readonly direction: Direction;
  readonly amountMinor: bigint;
  readonly valueDate: string;
  readonly endToEndId: string | null;
  readonly counterpartyName: string | null;
  readonly counterpartyIban: string | null;
  readonly remittance: string | null;
}

/** By what an entry was matched to a payment that was to be made, the strongest first. */
export type MatchedBy = 'END_TO_END_ID' | 'REFERENCE' | 'IBAN_AND_AMOUNT' | 'HAND';

/** Why an entry, or a part of it, is not matched. */
export type UnmatchedReason = 'NOTHING_FITS' | 'AMBIGUOUS' | 'PAID_ALREADY' | 'OVERPAID';

/** Why an entry is not taken. */
export type IgnoredReason =
  | 'TAKEN_ALREADY'
  | 'RECORDED_ALREADY'
  | 'WRONG_CURRENCY'
  | 'REVERSED'
  | 'NOT_BOOKED'
  | 'VALUE_DATE_AHEAD'
  | 'INCOMPLETE';

/** An entry as it is kept. */
export interface BankEntry extends BankMovement {
  readonly id: string;
  readonly no: bigint;
  readonly matchedMinor: bigint;
  readonly matchedBy: MatchedBy | null;
  readonly reason: UnmatchedReason | null;
}

/** An entry that is not taken. */
export interface IgnoredEntry {
  readonly bankReference: string | null;
  readonly amount: string | null;
  readonly reason: IgnoredReason;
}
