/** Money that was paid for an instruction, as the bank says it. */
export interface Payment {
  readonly id: string;
  readonly instructionId: string;
  readonly amountMinor: bigint;
  readonly bankReference: string;
  readonly valueDate: string;
  /** Charged in the open cycle for the days after the due date. */
  readonly interestMinor: bigint;
  readonly recordedAt: Date;
  /** The entry of a bank statement that it was found in; null when it was recorded by hand. */
  readonly bankEntryId: string | null;
}
