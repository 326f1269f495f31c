import type { BankAccount } from '../partner.ts';
import type { ApprovalPolicy } from './approval-policy.ts';
import type { TransferPolicy } from './transfer-policy.ts';

/** The coalition itself. */
export interface Program {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly timeZone: string;
  readonly settlementCurrency: string;
  readonly startsAt: Date;
  readonly bankAccount: BankAccount | undefined;
  /** Whether exchanges may lead in a circle of which the product is exactly 1. */
  readonly allowLossFreeLoops: boolean;
  readonly memberTransfers: TransferPolicy;
  readonly memberApproval: ApprovalPolicy;
}
