/** What one statement can be written as. */
export const STATEMENT_FORMATS = ['CSV', 'XLSX', 'PDF', 'JSON'] as const;
export type StatementFormat = (typeof STATEMENT_FORMATS)[number];

/** What a whole cycle can be written as. */
export const CYCLE_FORMATS = [...STATEMENT_FORMATS, 'PAIN_001', 'JOURNAL', 'JOURNAL_SUMMARY', 'DEFERRED_REVENUE'] as const;
export type CycleFormat = (typeof CYCLE_FORMATS)[number];

interface FileKind {
  readonly mimeType: string;
  /** What stands in the file's name behind cycle and partner. */
  readonly ending: string;
}

const CSV = 'text/csv; charset=utf-8';

export const FILE_KINDS: Readonly<Record<CycleFormat, FileKind>> = {
  CSV: { mimeType: CSV, ending: '.csv' },
  XLSX: { mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', ending: '.xlsx' },
  PDF: { mimeType: 'application/pdf', ending: '.pdf' },
  JSON: { mimeType: 'application/json', ending: '.json' },
  PAIN_001: { mimeType: 'application/xml', ending: '-pain.001.xml' },
  JOURNAL: { mimeType: CSV, ending: '-journal.csv' },
  JOURNAL_SUMMARY: { mimeType: CSV, ending: '-journal-summary.csv' },
  DEFERRED_REVENUE: { mimeType: CSV, ending: '-deferred-revenue.csv' },
};

/** A document that is ready to be written down, piece by piece. */
export interface ExportedDocument {
  readonly fileName: string;
  readonly mimeType: string;
  readonly pieces: Iterable<string | Buffer> | AsyncIterable<string | Buffer>;
}

/** Why there is no document. */
export interface ExportRefusal {
  /** NOTHING_TO_PAY: everything is in order, and the operator has nothing to pay. */
  readonly reason: 'NO_SUCH_CYCLE' | 'NOT_CLOSED' | 'NO_STATEMENT' | 'NO_BANK_ACCOUNT' | 'NOTHING_TO_PAY';
  readonly message: string;
}

export type Exported<T = ExportedDocument> = { readonly done: T } | { readonly refused: ExportRefusal };

/** No document, and why. */
export const notExported = (reason: ExportRefusal['reason'], message: string): { readonly refused: ExportRefusal } => ({
  refused: { reason, message },
});
