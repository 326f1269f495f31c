import { type Day, daysAfter } from '../../kernel/instant.ts';
import type { Instruction, InstructionStatus } from './instruction.ts';

/**
 * Where an unpaid instruction stands on a day, of which so much is disputed: OVERDUE after its due date, DEFAULTED some days later. What is
 * disputed need not be paid yet, so an instruction of which all the rest is paid stays as it is.
 */
export function statusOn(
  day: Day,
  { status, dueDate, amountMinor, paidMinor }: Instruction,
  disputedMinor: bigint,
  defaultAfterDays: number,
): InstructionStatus {
  if (dueDate === null || dueDate >= day || amountMinor - paidMinor - disputedMinor <= 0n) return status;
  return day > daysAfter(dueDate, defaultAfterDays) ? 'DEFAULTED' : 'OVERDUE';
}
