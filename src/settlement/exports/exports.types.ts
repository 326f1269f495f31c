import { Field, ObjectType } from 'type-graphql';
import { enumType } from '../../platform/graphql/enum.ts';
import type { CycleFormat, StatementFormat } from './export-format.ts';

const STATEMENT = {
  CSV: 'Lines as comma-separated values (RFC 4180, UTF-8).',
  XLSX: 'A workbook with real numbers.',
  PDF: 'On paper, A4.',
  JSON: 'With the names of this API.',
} as const;

export const StatementExportFormatEnum = enumType<StatementFormat>('StatementExportFormat', 'What a statement is written as.', STATEMENT);

export const CycleExportFormatEnum = enumType<CycleFormat>('CycleExportFormat', 'What a closed cycle is written as.', {
  ...STATEMENT,
  PAIN_001: 'What the operator still has to pay to partners, as ISO 20022 pain.001.001.09.',
  JOURNAL: 'Every money posting of the cycle as double entry, as comma-separated values.',
  JOURNAL_SUMMARY: 'The same, summed by day, account and kind of posting.',
  DEFERRED_REVENUE: 'Opening, movements and closing of outstanding points and their money, for each issuer and currency.',
});

@ObjectType('ExportedFile', { description: 'A document, ready to be saved.' })
export class ExportedFileType {
  @Field(() => String, { description: 'A name for the file.' })
  readonly fileName!: string;

  @Field(() => String, { description: 'Its media type.' })
  readonly mimeType!: string;

  @Field(() => String, { description: 'Its bytes in base64.' })
  readonly base64!: string;
}
