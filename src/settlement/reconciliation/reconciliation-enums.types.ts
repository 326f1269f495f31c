import { enumType } from '../../platform/graphql/enum.ts';
import type { FileFormat, Result, RowKind, Rule, SideRow } from './reconciliation.ts';

export const ReconciliationRowKindEnum = enumType<RowKind>('ReconciliationRowKind', 'What a row is.', {
  ACCRUAL: 'Points that were earned.',
  REVERSAL: 'Earned points that were taken back: below 0.',
  REDEMPTION: 'Points that were burned for an order.',
  REFUND: 'Burned points that were given back: below 0.',
  SALE: 'A sale, net, in minor units of the settlement currency.',
});

export const ReconciliationResultEnum = enumType<Result>('ReconciliationResult', 'What a row came to.', {
  MATCHED: 'It has its match on the other side.',
  AMOUNT_DIFF: 'The same key has another amount.',
  DATE_DIFF: 'The same key and amount have another day.',
  DUPLICATE: 'The file repeats a key.',
  MISSING_HERE: 'The file has it, and nothing here answers to it.',
  MISSING_THERE: 'It is stored here, and the file does not have it.',
});

export const ReconciliationRuleEnum = enumType<Rule>('ReconciliationRule', 'By which rule rows were matched, the strongest first.', {
  KEY_AND_AMOUNT: 'The same key and amount, within the days.',
  KEY_WITH_TOLERANCE: 'The same key, within the points and days.',
  KEY_GROUP: 'Two to twelve rows with one key that add up to one row on the other side.',
  KEY: 'The same key only: the amount or the day differs.',
  AMOUNT_DAY_MEMBER: 'The same amount and member within the days, where there is no other such row.',
  MEMBER_DAY_GROUP: 'Two to twelve rows of one member and day that add up to one row on the other side.',
});

export const FileFormatEnum = enumType<FileFormat>('ReconciliationFormat', 'How a file is written.', {
  CSV: 'Lines with a header; commas, semicolons, tabs or bars between fields.',
  JSONL: 'One JSON object a line.',
  XLSX: 'The first sheet of a workbook, with a header.',
});

export const ReconciliationSideEnum = enumType<SideRow['side']>('ReconciliationSide', 'Where a row is from.', {
  THEIRS: "The partner's file.",
  OURS: 'What is stored here.',
});
