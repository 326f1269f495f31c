import type { PartnerRole } from './partner-role.ts';

/** Where a party is paid. */
export interface BankAccount {
  readonly holder: string;
  readonly iban: string;
  readonly bic?: string | undefined;
}

/** A brand in the coalition. */
export interface Partner {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly roles: readonly PartnerRole[];
  readonly category: string | undefined;
  readonly bankAccount: BankAccount | undefined;
}
