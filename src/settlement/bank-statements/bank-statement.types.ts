import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import { MoneyType, UserErrorType } from '../../platform/graphql/common.types.ts';
import { connectionOf } from '../../platform/graphql/connection.ts';
import { enumType } from '../../platform/graphql/enum.ts';
import { CalendarDate } from '../../platform/graphql/scalars.ts';
import type { BankEntry, Direction, IgnoredEntry, IgnoredReason, MatchedBy, UnmatchedReason } from './bank-entry.ts';

export const DirectionEnum = enumType<Direction>('BankEntryDirection', "Whether money came to the operator's account or went from it.", {
  CREDIT: 'It came.',
  DEBIT: 'It went.',
});

export const MatchedByEnum = enumType<MatchedBy>('BankEntryMatch', 'By what a bank entry was matched, the strongest first.', {
  END_TO_END_ID: 'Its end-to-end id is the id of what was to be paid: 32 hexadecimal digits.',
  REFERENCE: 'Its text names the id of what was to be paid, `ins_...`, or of the statement, `stm_...`.',
  IBAN_AND_AMOUNT: 'It is of the account of a partner, and exactly one payment of this amount is outstanding.',
  HAND: 'The operator said so.',
});

export const UnmatchedReasonEnum = enumType<UnmatchedReason>(
  'BankEntryUnmatchedReason',
  'Why a bank entry, or a part of it, is not matched.',
  {
    NOTHING_FITS: 'No payment that is outstanding fits.',
    AMBIGUOUS: 'Several fit equally well.',
    PAID_ALREADY: 'What it names was paid by then.',
    OVERPAID: 'It brought more than was outstanding; the rest is left over.',
  },
);

export const IgnoredReasonEnum = enumType<IgnoredReason>('BankEntryIgnoredReason', 'Why a bank entry is not taken.', {
  TAKEN_ALREADY: 'It was taken before: each reference of an account counts once.',
  RECORDED_ALREADY: 'A payment with its reference was recorded by hand.',
  WRONG_CURRENCY: 'It is not in the settlement currency.',
  REVERSED: 'It reverses another entry; what that one paid is not undone by it.',
  NOT_BOOKED: 'The bank has not booked it yet.',
  VALUE_DATE_AHEAD: 'Its value date is later than today: send it again then.',
  INCOMPLETE: 'It has no reference, direction, amount, value date or account that can be read.',
});

@ObjectType('BankEntry', { description: 'One movement of money on the account of the operator, as a bank statement says it.' })
export class BankEntryType {
  readonly entry!: BankEntry;

  @Field(() => ID, { description: 'Opaque id.' })
  readonly id!: string;

  @Field(() => String, { description: 'The account, as the statement names it.' })
  readonly account!: string;

  @Field(() => String, { description: "The bank's reference, unique for the account." })
  readonly bankReference!: string;

  @Field(() => DirectionEnum, { description: 'Whether the money came or went.' })
  readonly direction!: Direction;

  @Field(() => MoneyType, { description: 'How much.' })
  readonly amount!: MoneyType;

  @Field(() => MoneyType, { description: 'What of it is matched to payments that were to be made.' })
  readonly matched!: MoneyType;

  @Field(() => MoneyType, { description: 'What of it is not.' })
  readonly unmatched!: MoneyType;

  @Field(() => MatchedByEnum, { nullable: true, description: 'By what it was matched; null while nothing of it is.' })
  readonly matchedBy?: MatchedBy | null;

  @Field(() => UnmatchedReasonEnum, { nullable: true, description: 'Why it, or a part, is not matched; null when all of it is.' })
  readonly reason?: UnmatchedReason | null;

  @Field(() => CalendarDate, { description: 'The day on which the money counted at the bank.' })
  readonly valueDate!: string;

  @Field(() => String, { nullable: true, description: 'What the payer gave the payment to be known by.' })
  readonly endToEndId?: string | null;

  @Field(() => String, { nullable: true, description: 'Name of the other party.' })
  readonly counterpartyName?: string | null;

  @Field(() => String, { nullable: true, description: 'Account of the other party.' })
  readonly counterpartyIban?: string | null;

  @Field(() => String, { nullable: true, description: 'The text that came with it.' })
  readonly remittance?: string | null;
}

export const BankEntryConnection = connectionOf('BankEntry', () => BankEntryType);

export function toBankEntry(entry: BankEntry, currency: string): BankEntryType {
  const { account, bankReference, direction, amountMinor, matchedMinor, matchedBy, reason, valueDate, endToEndId } = entry;
  const { counterpartyName, counterpartyIban, remittance } = entry;
  const money = (minor: bigint) => ({ minor, currency });
  return {
    entry,
    id: toPublicId('BankEntry', entry.id),
    amount: money(amountMinor),
    matched: money(matchedMinor),
    unmatched: money(amountMinor - matchedMinor),
    ...{ account, bankReference, direction, matchedBy, reason, valueDate, endToEndId, counterpartyName, counterpartyIban, remittance },
  };
}

@ObjectType('IgnoredBankEntry', { description: 'An entry of a bank statement that is not taken.' })
export class IgnoredBankEntryType implements IgnoredEntry {
  @Field(() => String, { nullable: true, description: "The bank's reference." })
  readonly bankReference!: string | null;

  @Field(() => String, { nullable: true, description: 'The amount and its currency, as the statement says them.' })
  readonly amount!: string | null;

  @Field(() => IgnoredReasonEnum, { description: 'Why.' })
  readonly reason!: IgnoredReason;
}

@InputType('MatchBankStatementInput', { description: 'A bank statement of the account of the operator.' })
export class MatchBankStatementInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => String, {
    description: 'The statement: XML, camt.053.001.02 or camt.053.001.08, at most 1,900,000 characters and 5,000 entries.',
  })
  readonly content!: string;
}

@ObjectType('MatchBankStatementPayload', { description: 'What became of the entries of a bank statement, in its order.' })
export class MatchBankStatementPayload {
  @Field(() => [BankEntryType], { description: 'Entries that paid something.' })
  readonly matched!: readonly BankEntryType[];

  @Field(() => [BankEntryType], { description: 'Entries of which something is left over, also those that paid a part.' })
  readonly unmatched!: readonly BankEntryType[];

  @Field(() => [IgnoredBankEntryType], { description: 'Entries that are not taken.' })
  readonly ignored!: readonly IgnoredBankEntryType[];

  @Field(() => [UserErrorType], { description: 'Why the statement was refused as a whole; empty when it was taken.' })
  readonly userErrors!: readonly UserErrorType[];
}

@InputType('AssignBankEntryInput', { description: 'What an entry, or what is left of it, was for.' })
export class AssignBankEntryInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the bank entry.' })
  readonly entryId!: string;

  @Field(() => ID, { description: 'Id of what was to be paid between the operator and a partner.' })
  readonly instructionId!: string;
}

@ObjectType('AssignBankEntryPayload', { description: 'The bank entry after the change, or why nothing was changed.' })
export class AssignBankEntryPayload {
  @Field(() => BankEntryType, { nullable: true, description: 'The entry; null when the change was refused.' })
  readonly entry?: BankEntryType | undefined;

  @Field(() => [UserErrorType], { description: 'Why nothing was changed; empty when it was done.' })
  readonly userErrors!: readonly UserErrorType[];
}
