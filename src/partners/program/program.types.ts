import { Field, InputType, ObjectType } from 'type-graphql';
import { CurrencyCode, DateTime } from '../../platform/graphql/scalars.ts';
import { ChangePayload } from '../change-payload.types.ts';
import { BankAccountType } from '../partner.types.ts';
import type { Program } from './program.ts';

@ObjectType()
@InputType()
abstract class ProgramTerms {
  @Field(() => String, { description: 'Short name.' })
  readonly code!: string;

  @Field(() => String, { description: 'Name for people.' })
  readonly name!: string;

  @Field(() => String, { description: 'Time zone of days, months and cycles: a name of the IANA database, such as Asia/Shanghai.' })
  readonly timeZone!: string;

  @Field(() => CurrencyCode, { description: 'The currency in which all partners settle.' })
  readonly settlementCurrency!: string;

  @Field(() => DateTime, { description: 'Start of the first clearing cycle.' })
  readonly startsAt!: Date;
}

const allowLossFreeLoops =
  'Whether exchanges may lead in a circle that comes out even, its product exactly 1. Circles that gain are never allowed.';

@ObjectType('Program', { description: 'The coalition: one book, one settlement currency, one time zone.' })
export class ProgramType extends ProgramTerms {
  readonly program!: Program;

  @Field(() => Boolean, { description: allowLossFreeLoops })
  readonly allowLossFreeLoops!: boolean;
}

export function toProgram(program: Program): ProgramType {
  const { code, name, timeZone, settlementCurrency, startsAt, allowLossFreeLoops } = program;
  return { program, code, name, timeZone, settlementCurrency, startsAt, allowLossFreeLoops };
}

@InputType('ConfigureProgramInput', { description: 'What the program is; possible until the first posting.' })
export class ConfigureProgramInput extends ProgramTerms {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => BankAccountType, { nullable: true, description: "The operator's account, debtor of its payments." })
  readonly bankAccount?: BankAccountType | null;

  @Field(() => Boolean, { nullable: true, defaultValue: false, description: allowLossFreeLoops })
  readonly allowLossFreeLoops?: boolean | null;
}

@ObjectType('ConfigureProgramPayload', { description: 'The program after the change, or why nothing was changed.' })
export class ConfigureProgramPayload extends ChangePayload {
  @Field(() => ProgramType, { nullable: true, description: 'The program.' })
  readonly program?: ProgramType;
}

@InputType('SetBankAccountInput', { description: "The operator's bank account." })
export class SetBankAccountInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => BankAccountType, { description: 'The account: debtor of its payments.' })
  readonly bankAccount!: BankAccountType;
}
