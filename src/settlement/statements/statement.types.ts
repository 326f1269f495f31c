import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { canonicalJson } from '../../kernel/canonical-json.ts';
import { toPublicId } from '../../kernel/ids.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { PointCurrencyType, toPointCurrency } from '../../partners/currencies/point-currency.types.ts';
import { MoneyType, NodeType, UserErrorType } from '../../platform/graphql/common.types.ts';
import { connectionOf } from '../../platform/graphql/connection.ts';
import { enumType } from '../../platform/graphql/enum.ts';
import { BigIntString, CalendarDate, DateTime, Points } from '../../platform/graphql/scalars.ts';
import type { LineType } from '../lines/cycle-line.ts';
import { LineTypeEnum } from '../lines/line-type.types.ts';
import type { Statement, StatementLine, StatementStatus } from './statement.ts';

export const StatementStatusEnum = enumType<StatementStatus>('StatementStatus', 'Where a statement stands.', {
  DRAFT: 'Its figures are frozen; it is not issued yet.',
  ISSUED: 'The partner has it, and may accept or dispute it.',
  ACCEPTED: 'The partner agreed with it.',
  DISPUTED: 'A line of it is disputed; the rest of it proceeds.',
  FINAL: 'Nobody can dispute it any more.',
});

@ObjectType('PointsAmount', { description: 'Points of one currency.' })
export class PointsAmountType {
  @Field(() => PointCurrencyType, { description: 'The point currency.' })
  readonly currency!: PointCurrencyType;

  @Field(() => Points, { description: 'The points.' })
  readonly points!: bigint;
}

@ObjectType('StatementLine', { description: "A partner's part of one frozen figure of a clearing cycle." })
export class StatementLineType {
  readonly line!: StatementLine;

  @Field(() => ID, { description: 'Opaque id.' })
  readonly id!: string;

  @Field(() => Int, { description: 'Its place in the statement, from 1.' })
  readonly no!: number;

  @Field(() => LineTypeEnum, { description: 'What it is about.' })
  readonly type!: LineType;

  @Field(() => String, { description: 'What it is about, for people.' })
  readonly description!: string;

  @Field(() => BigIntString, {
    description: "The partner's part before rounding, in micros of the settlement currency; + it receives, - it pays.",
  })
  readonly exactMicros!: bigint;

  @Field(() => String, { description: 'How it came about, as JSON: docs/proof.md says what each kind means.' })
  readonly workings!: string;

  @Field(() => MoneyType, { description: 'The same, rounded once, half away from zero: + the partner receives, - it pays.' })
  readonly amount!: MoneyType;
}

export const StatementLineConnection = connectionOf('StatementLine', () => StatementLineType);

@ObjectType('Statement', {
  implements: NodeType,
  description: 'What one partner settles for one closed cycle, frozen: for the partner itself and the operator.',
})
export class StatementType extends NodeType {
  readonly statement!: Statement;

  @Field(() => StatementStatusEnum, { description: 'Where it stands.' })
  readonly status!: StatementStatus;

  @Field(() => String, { description: 'SHA-256 over its lines and the entries behind them, as docs/proof.md says.' })
  readonly hash!: string;

  @Field(() => MoneyType, { description: 'Sum of its lines: + the partner receives, - it pays.' })
  readonly net!: MoneyType;

  @Field(() => [PointsAmountType], { description: "Points of the partner's currencies in wallets when the cycle began, pending ones not." })
  readonly openingPoints!: readonly PointsAmountType[];

  @Field(() => [PointsAmountType], { description: 'The same when the cycle ended.' })
  readonly closingPoints!: readonly PointsAmountType[];

  @Field(() => CalendarDate, { nullable: true, description: 'Day on which it was issued.' })
  readonly issuedOn?: string | null;

  @Field(() => CalendarDate, {
    nullable: true,
    description: 'Last day of paying in time; null until it is issued, and without payment terms.',
  })
  readonly dueDate?: string | null;

  @Field(() => CalendarDate, {
    nullable: true,
    description: 'Last day on which its lines may be disputed; null until it is issued, and without payment terms.',
  })
  readonly disputableUntil?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When the partner accepted it.' })
  readonly acceptedAt?: Date | null;
}

export const StatementConnection = connectionOf('Statement', () => StatementType);

export function toStatement(coalition: Coalition, statement: Statement): StatementType {
  const { settlementCurrency: currency } = coalition.program;
  const amounts = (points: Statement['openingPoints']) =>
    Object.entries(points).map(([no, amount]) => ({ currency: toPointCurrency(coalition.currencyNo(Number(no))), points: BigInt(amount) }));
  const { status, hash, netMinor, issuedOn, dueDate, disputableUntil, acceptedAt } = statement;
  return {
    statement,
    id: toPublicId('Statement', statement.id),
    net: { minor: netMinor, currency },
    openingPoints: amounts(statement.openingPoints),
    closingPoints: amounts(statement.closingPoints),
    ...{ status, hash, issuedOn, dueDate, disputableUntil, acceptedAt },
  };
}

export function toStatementLine(coalition: Coalition, line: StatementLine): StatementLineType {
  const { no, type, description, workings, micros, minor } = line;
  const amount = { minor, currency: coalition.program.settlementCurrency };
  return {
    line,
    id: toPublicId('StatementLine', line.id),
    no,
    type,
    description,
    workings: canonicalJson(workings),
    exactMicros: micros,
    amount,
  };
}

@InputType('StatementRefInput', { description: 'A statement.' })
export class StatementRefInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the statement.' })
  readonly statementId!: string;
}

@ObjectType('StatementPayload', { description: 'What became of a change of a statement.' })
export class StatementPayload {
  @Field(() => StatementType, { nullable: true, description: 'The statement; null when the change was refused.' })
  readonly statement?: StatementType | undefined;

  @Field(() => [UserErrorType], { description: 'Why it was refused; empty when it was done.' })
  readonly userErrors!: readonly UserErrorType[];
}
