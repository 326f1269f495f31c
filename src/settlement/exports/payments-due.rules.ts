import { dayOf } from '../../kernel/instant.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { BankAccount, Partner } from '../../partners/partner.ts';
import type { Cycle } from '../cycles/cycle.ts';
import type { Instruction } from '../payments/instruction.ts';
import { type Exported, notExported } from './export-format.ts';

/** What the operator still has to pay to one partner. */
export interface DuePayment {
  readonly instruction: Instruction;
  readonly partner: Partner;
  readonly account: BankAccount;
  readonly minor: bigint;
  /** The day on which the bank is to pay: the due date; before there is one, the day on which the cycle was closed. */
  readonly day: string;
}

/** Payments of the operator, with the account that they are made from. */
export interface DuePayments {
  readonly from: BankAccount;
  readonly payments: readonly DuePayment[];
}

/**
 * What the operator has to pay for a cycle, by day and partner code: what is outstanding of its instructions, so nothing is ordered twice that
 * was recorded as paid. Without a single payment, or without an account on either side, there is none to make.
 */
export function paymentsDue(coalition: Coalition, cycle: Cycle, instructions: readonly Instruction[]): Exported<DuePayments> {
  const owed = instructions
    .filter(({ payer, amountMinor }) => payer === null && amountMinor > 0n)
    .flatMap((instruction) => (instruction.payee === null ? [] : [{ instruction, partner: coalition.partnerById(instruction.payee) }]));
  const open = owed.filter(({ instruction }) => instruction.paidMinor < instruction.amountMinor);
  if (open.length === 0)
    return notExported(
      'NOTHING_TO_PAY',
      owed.length === 0
        ? 'The operator pays nobody for this cycle: no partner has a positive net to be paid.'
        : 'All payments of the operator for this cycle are recorded as paid.',
    );
  const { bankAccount: from, timeZone } = coalition.program;
  const without = open.filter(({ partner }) => partner.bankAccount === undefined).map(({ partner }) => partner.code);
  if (from === undefined || without.length > 0) {
    const lacking = [...(from === undefined ? ['the operator (configureProgram)'] : []), ...without.toSorted()];
    return notExported(
      'NO_BANK_ACCOUNT',
      `No bank account is known of ${lacking.join(', ')}: it takes an IBAN to pay. Nothing was written.`,
    );
  }
  const closedOn = dayOf(cycle.closedAt ?? cycle.cutoff, timeZone);
  const payments = open.flatMap(({ instruction, partner }): DuePayment[] =>
    partner.bankAccount === undefined
      ? []
      : [
          {
            ...{ instruction, partner },
            account: partner.bankAccount,
            minor: instruction.amountMinor - instruction.paidMinor,
            day: instruction.dueDate ?? closedOn,
          },
        ],
  );
  return { done: { from, payments: payments.toSorted((a, b) => (`${a.day} ${a.partner.code}` < `${b.day} ${b.partner.code}` ? -1 : 1)) } };
}
