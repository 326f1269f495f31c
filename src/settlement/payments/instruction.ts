export const INSTRUCTION_STATUSES = ['DUE', 'PARTIALLY_PAID', 'PAID', 'OVERDUE', 'DEFAULTED', 'CARRIED'] as const;
export type InstructionStatus = (typeof INSTRUCTION_STATUSES)[number];

/** One payment that is to be made for a cycle. Null is the operator. */
export interface Instruction {
  readonly id: string;
  readonly cycleNo: number;
  /** The statement that it settles; null between two partners that settle with each other. */
  readonly statementId: string | null;
  readonly payer: string | null;
  readonly payee: string | null;
  readonly amountMinor: bigint;
  /** What is left to the next cycle instead, and why. */
  readonly carriedMinor: bigint;
  readonly carriedReason: string | null;
  readonly paidMinor: bigint;
  readonly lateInterestBps: number;
  readonly status: InstructionStatus;
  readonly dueDate: string | null;
}

/** Whether nothing is left to be paid for it. */
export const isSettled = ({ status }: Pick<Instruction, 'status'>): boolean => status === 'PAID' || status === 'CARRIED';
