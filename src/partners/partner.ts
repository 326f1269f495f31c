import type { PartnerKind } from './partner-kind.ts';
import type { PartnerRole } from './partner-role.ts';

/** Where a party is paid. */
export interface BankAccount {
  readonly holder: string;
  readonly iban: string;
  readonly bic?: string | undefined;
}

/** How the operator judged a partner last: four times one to five. */
export interface PartnerScore {
  readonly strategicFit: number;
  readonly complementarity: number;
  readonly brandReputation: number;
  readonly operatingAbility: number;
  /** Their sum, 4 to 20. */
  readonly total: number;
  readonly note: string | undefined;
  readonly at: Date;
}

/** A brand in the coalition. */
export interface Partner {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly roles: readonly PartnerRole[];
  readonly kind: PartnerKind | undefined;
  readonly category: string | undefined;
  readonly bankAccount: BankAccount | undefined;
  /** Counts the changes of the partner itself from 1. */
  readonly revision: number;
  /** Undefined while it was never scored. */
  readonly score: PartnerScore | undefined;
}
