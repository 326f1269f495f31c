import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import { NodeType, UserErrorType } from '../../platform/graphql/common.types.ts';
import { connectionOf } from '../../platform/graphql/connection.ts';
import { enumType } from '../../platform/graphql/enum.ts';
import { BigIntString, CalendarDate, DateTime, Points } from '../../platform/graphql/scalars.ts';
import type { Field as FileField } from './columns.rules.ts';
import type { Count, FileFormat, Reconciliation, Result, RowKind, Rule, SideRow } from './reconciliation.ts';
import {
  FileFormatEnum,
  ReconciliationResultEnum,
  ReconciliationRowKindEnum,
  ReconciliationRuleEnum,
  ReconciliationSideEnum,
} from './reconciliation-enums.types.ts';

@ObjectType('ReconciliationCount', { description: 'How many rows of a kind came to a result, and what they add up to.' })
class ReconciliationCountType {
  @Field(() => ReconciliationResultEnum, { description: 'What they came to.' })
  readonly result!: Result;

  @Field(() => ReconciliationRowKindEnum, { description: 'What they are.' })
  readonly kind!: RowKind;

  @Field(() => Int, { description: 'Rows of the file.' })
  readonly theirRows!: number;

  @Field(() => Int, { description: 'Rows of ours.' })
  readonly ourRows!: number;

  @Field(() => BigIntString, { description: 'Sum in the file: points, or minor units of sales.' })
  readonly theirAmount!: bigint;

  @Field(() => BigIntString, { description: 'Sum here.' })
  readonly ourAmount!: bigint;

  @Field(() => BigIntString, { description: 'Ours less theirs. Added up over all results, it is all of ours less all of theirs.' })
  readonly difference!: bigint;
}

@ObjectType('ReconciliationCounterpart', { description: 'A row with which another is matched.' })
export class ReconciliationCounterpartType {
  @Field(() => Int, { description: 'Its number: in the file, or in the list of ours.' })
  readonly rowNumber!: number;

  @Field(() => String, { description: 'Its key.' })
  readonly key!: string;

  @Field(() => DateTime, { description: 'When it happened.' })
  readonly occurredAt!: Date;

  @Field(() => BigIntString, { description: 'Its points, or minor units of a sale.' })
  readonly amount!: bigint;

  @Field(() => ID, { nullable: true, description: 'Of ours: id of the accrual, redemption or sale; null for a reversal or refund.' })
  readonly reference?: string | undefined;
}

@ObjectType('ReconciliationRow', { description: 'A row of either side, with what it came to.' })
export class ReconciliationRowType extends ReconciliationCounterpartType {
  readonly row!: SideRow;

  @Field(() => ReconciliationSideEnum, { description: 'Where it is from.' })
  readonly side!: SideRow['side'];

  @Field(() => ReconciliationRowKindEnum, { description: 'What it is.' })
  readonly kind!: RowKind;

  @Field(() => ReconciliationResultEnum, { description: 'What it came to. Every row came to one result.' })
  readonly result!: Result;

  @Field(() => ReconciliationRuleEnum, { nullable: true, description: 'The rule by which it was matched; null when it has no match.' })
  readonly rule?: Rule | null;
}

export const ReconciliationRowConnection = connectionOf('ReconciliationRow', () => ReconciliationRowType);

@ObjectType('ReconciliationBadRow', { description: 'A row of the file that could not be read. The others were matched.' })
export class ReconciliationBadRowType {
  @Field(() => Int, { description: 'Its number in the file, from 1.' })
  readonly rowNumber!: number;

  @Field(() => String, { description: 'What is wrong with it.' })
  readonly reason!: string;
}

export const ReconciliationBadRowConnection = connectionOf('ReconciliationBadRow', () => ReconciliationBadRowType);

@ObjectType('Reconciliation', {
  implements: NodeType,
  description: "A partner's own file compared with what is stored here: for the partner itself and the operator.",
})
export class ReconciliationType extends NodeType {
  readonly run!: Reconciliation;

  @Field(() => FileFormatEnum, { description: 'How the file is written.' })
  readonly format!: FileFormat;

  @Field(() => String, { nullable: true, description: 'Name of the file.' })
  readonly fileName?: string | null;

  @Field(() => String, { description: 'SHA-256 of the file, in hexadecimal digits.' })
  readonly contentHash!: string;

  @Field(() => DateTime, { description: 'From when on what happened is compared.' })
  readonly from!: Date;

  @Field(() => DateTime, { description: 'Until when, not included.' })
  readonly until!: Date;

  @Field(() => [ReconciliationRowKindEnum], { description: 'What is compared.' })
  readonly kinds!: readonly RowKind[];

  @Field(() => Int, { description: 'Rows of the file, bad ones included.' })
  readonly rowsRead!: number;

  @Field(() => Int, { description: 'Rows that could not be read.' })
  readonly badRowCount!: number;

  @Field(() => [ReconciliationCountType], { description: 'How many rows came to which result.' })
  readonly counts!: readonly ReconciliationCountType[];

  @Field(() => DateTime, { description: 'When the file was sent first.' })
  readonly createdAt!: Date;

  @Field(() => DateTime, { description: 'When it was compared last.' })
  readonly ranAt!: Date;

  @Field(() => Boolean, {
    description: 'Whether a later file took its place; its rows and matches are let go of then, and its counts stay.',
  })
  readonly isSuperseded!: boolean;
}

export const ReconciliationConnection = connectionOf('Reconciliation', () => ReconciliationType);

export function toReconciliation(run: Reconciliation): ReconciliationType {
  const { format, fileName, contentHash, kinds, rowsRead, createdAt, ranAt } = run;
  return {
    run,
    id: toPublicId('Reconciliation', run.id),
    ...{ format, fileName, contentHash, kinds, rowsRead, createdAt, ranAt },
    from: run.startsAt,
    until: run.endsAt,
    badRowCount: run.badRows,
    counts: run.counts.map(toCount),
    isSuperseded: run.supersededBy !== null,
  };
}

function toCount({ theirAmount, ourAmount, ...count }: Count): ReconciliationCountType {
  const [theirs, ours] = [BigInt(theirAmount), BigInt(ourAmount)];
  return { ...count, theirAmount: theirs, ourAmount: ours, difference: ours - theirs };
}

const REFERENCE_KINDS = { accrual: 'Accrual', redemption: 'Redemption', sale: 'Sale' } as const;

export function toCounterpart({ no, key, occurredAt, amount, source }: SideRow): ReconciliationCounterpartType {
  const [table = '', id = ''] = source?.split(' ') ?? [];
  const kind = REFERENCE_KINDS[table as keyof typeof REFERENCE_KINDS];
  return { rowNumber: no, key, occurredAt, amount, reference: kind && toPublicId(kind, id) };
}

export function toRow(row: SideRow): ReconciliationRowType {
  const { side, kind, result, rule } = row;
  return { ...toCounterpart(row), row, side, kind, result, rule };
}

const FileFieldEnum = enumType<FileField>('ReconciliationField', 'What a column is read for.', {
  kind: 'What the row is: ACCRUAL, REVERSAL, REDEMPTION, REFUND or SALE.',
  key: "The partner's name for it: the external id of the accrual or sale, of the order.",
  occurredAt: 'The day, or the instant.',
  member: "The member: number of a card, our id, or the partner's own name.",
  amount: 'Points, or minor units of a sale.',
  currency: 'Code of the point currency.',
});

@InputType('ReconciliationColumnInput', { description: 'A column that is named by hand.' })
class ReconciliationColumnInput {
  @Field(() => FileFieldEnum, { description: 'What it is read for.' })
  readonly field!: FileField;

  @Field(() => String, { description: 'Its header.' })
  readonly column!: string;
}

@InputType('ReconciliationTolerancesInput', { description: 'How far rows with one key may lie apart and match all the same.' })
class ReconciliationTolerancesInput {
  @Field(() => Points, { nullable: true, defaultValue: 0n, description: 'Points, or minor units of sales, up to 1,000,000.' })
  readonly points?: bigint | null;

  @Field(() => Int, { nullable: true, defaultValue: 0, description: 'Days, up to 31.' })
  readonly days?: number | null;
}

@InputType('ReconcileInput', { description: "A partner's file, and what to compare it with: a cycle, open or closed, or days." })
export class ReconcileInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => String, { nullable: true, description: 'Code of the partner; a partner may leave it out and names only itself.' })
  readonly partner?: string | null;

  @Field(() => ID, { nullable: true, description: 'Id of the cycle whose time is compared.' })
  readonly cycleId?: string | null;

  @Field(() => CalendarDate, { nullable: true, description: 'The first day, where no cycle is given.' })
  readonly from?: string | null;

  @Field(() => CalendarDate, { nullable: true, description: 'The last day.' })
  readonly until?: string | null;

  @Field(() => [ReconciliationRowKindEnum], { nullable: true, description: 'What is compared: all kinds, unless given.' })
  readonly kinds?: readonly RowKind[] | null;

  @Field(() => FileFormatEnum, { description: 'How the file is written.' })
  readonly format!: FileFormat;

  @Field(() => String, { description: 'The file: its text, or a workbook in base64. Larger ones go through the command.' })
  readonly content!: string;

  @Field(() => String, { nullable: true, description: 'Name of the file, for people.' })
  readonly fileName?: string | null;

  @Field(() => ReconciliationTolerancesInput, { nullable: true, description: 'How far rows may lie apart; not at all, unless given.' })
  readonly tolerances?: ReconciliationTolerancesInput | null;

  @Field(() => [ReconciliationColumnInput], { nullable: true, description: 'Columns whose headers do not say what they are.' })
  readonly columns?: readonly ReconciliationColumnInput[] | null;
}

@ObjectType('ReconcilePayload', { description: 'What became of a reconciliation.' })
export class ReconcilePayload {
  @Field(() => ReconciliationType, { nullable: true, description: 'The reconciliation; null when the file was refused.' })
  readonly reconciliation?: ReconciliationType | undefined;

  @Field(() => [UserErrorType], { description: 'Why it was refused; empty when it was done.' })
  readonly userErrors!: readonly UserErrorType[];
}
