import type { BankAccount } from '../partner.ts';

/** The coalition itself. */
export interface Program {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly timeZone: string;
  readonly settlementCurrency: string;
  readonly startsAt: Date;
  readonly bankAccount: BankAccount | undefined;
}
