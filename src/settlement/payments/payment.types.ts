import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import { MoneyInput, MoneyType, UserErrorType } from '../../platform/graphql/common.types.ts';
import { enumType } from '../../platform/graphql/enum.ts';
import { CalendarDate } from '../../platform/graphql/scalars.ts';
import type { Instruction, InstructionStatus } from './instruction.ts';
import type { Payment } from './payment.ts';

export const InstructionStatusEnum = enumType<InstructionStatus>(
  'SettlementInstructionStatus',
  'Where a payment that is to be made stands.',
  {
    DUE: 'It is to be paid.',
    PARTIALLY_PAID: 'A part of it was paid.',
    PAID: 'All of it was paid.',
    OVERDUE: 'Its due date has passed, and it is not paid.',
    DEFAULTED: 'It was not paid for so long that the contract was suspended.',
    CARRIED: 'It is left to the next cycle.',
  },
);

@ObjectType('SettlementPayment', { description: 'Money that was paid, as the bank says it.' })
export class SettlementPaymentType {
  @Field(() => MoneyType, { description: 'How much.' })
  readonly amount!: MoneyType;

  @Field(() => String, { description: "The bank's reference." })
  readonly bankReference!: string;

  @Field(() => CalendarDate, { description: 'The day on which the money counted at the bank.' })
  readonly valueDate!: string;

  @Field(() => MoneyType, { description: 'Interest for the days after the due date: charged on the next statement.' })
  readonly interest!: MoneyType;
}

@ObjectType('SettlementInstruction', {
  description: 'One payment that is to be made for a cycle, between a partner and the operator or two partners.',
})
export class SettlementInstructionType {
  readonly instruction!: Instruction;

  @Field(() => ID, { description: 'Opaque id.' })
  readonly id!: string;

  @Field(() => InstructionStatusEnum, { description: 'Where it stands.' })
  readonly status!: InstructionStatus;

  @Field(() => MoneyType, { description: 'What is to be paid.' })
  readonly amount!: MoneyType;

  @Field(() => MoneyType, { description: 'What of it was paid.' })
  readonly paid!: MoneyType;

  @Field(() => MoneyType, { description: 'What of it is left to pay.' })
  readonly outstanding!: MoneyType;

  @Field(() => MoneyType, { description: 'What is left to the next cycle instead.' })
  readonly carried!: MoneyType;

  @Field(() => String, { nullable: true, description: 'Why something was left to the next cycle: BELOW_THRESHOLD or FUNDING_LIMIT.' })
  readonly carriedReason?: string | null;

  @Field(() => CalendarDate, {
    nullable: true,
    description: 'Last day of paying in time; null until statements are issued, and without payment terms.',
  })
  readonly dueDate?: string | null;
}

export function toInstruction(instruction: Instruction, currency: string): SettlementInstructionType {
  const { status, amountMinor, paidMinor, carriedMinor, carriedReason, dueDate } = instruction;
  const money = (minor: bigint) => ({ minor, currency });
  return {
    instruction,
    id: toPublicId('SettlementInstruction', instruction.id),
    amount: money(amountMinor),
    paid: money(paidMinor),
    outstanding: money(amountMinor - paidMinor),
    carried: money(carriedMinor),
    ...{ status, carriedReason, dueDate },
  };
}

export function toPayment({ amountMinor, bankReference, valueDate, interestMinor }: Payment, currency: string): SettlementPaymentType {
  return { amount: { minor: amountMinor, currency }, bankReference, valueDate, interest: { minor: interestMinor, currency } };
}

@InputType()
abstract class PaymentInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => MoneyInput, { description: 'How much was paid; at most what is outstanding.' })
  readonly amount!: MoneyInput;

  @Field(() => String, { description: "The bank's reference; each is recorded once for a payment that is to be made." })
  readonly bankReference!: string;

  @Field(() => CalendarDate, { description: 'The day on which the money counted at the bank, not later than today.' })
  readonly valueDate!: string;
}

@InputType('RecordSettlementPaymentInput', { description: 'Money that the bank says was paid for a statement.' })
export class RecordSettlementPaymentInput extends PaymentInput {
  @Field(() => ID, { description: 'Id of the statement.' })
  readonly statementId!: string;
}

@InputType('RecordInstructionPaymentInput', { description: 'Money that the bank says was paid for one payment that was to be made.' })
export class RecordInstructionPaymentInput extends PaymentInput {
  @Field(() => ID, { description: 'Id of what was to be paid.' })
  readonly instructionId!: string;
}

@ObjectType('InstructionPayload', { description: 'What became of a payment that was recorded.' })
export class InstructionPayload {
  @Field(() => SettlementInstructionType, { nullable: true, description: 'What was to be paid; null when the payment was refused.' })
  readonly instruction?: SettlementInstructionType | undefined;

  @Field(() => [UserErrorType], { description: 'Why it was refused; empty when it was done.' })
  readonly userErrors!: readonly UserErrorType[];
}
