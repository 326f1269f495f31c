import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { invalid, type Outcome } from '../../kernel/refusal.ts';
import type { NamedColumns } from './columns.rules.ts';
import { decodeText } from './decode-text.ts';
import { openCsv } from './open-csv.ts';
import { openJsonl } from './open-jsonl.ts';
import { openXlsx } from './open-xlsx.ts';
import type { Cells, FileLine, FileRow } from './read-row.rules.ts';
import type { FileFormat } from './reconciliation.ts';

/** Opens a file anew each time: a transaction that starts over reads it again. */
export type OpenFile = (
  named: NamedColumns,
  read: (cells: Cells) => Outcome<FileRow>,
) => Promise<Outcome<AsyncIterable<readonly FileLine[]>>>;

const OPENERS: Readonly<Record<FileFormat, (bytes: AsyncIterable<Buffer>, ...how: Parameters<OpenFile>) => ReturnType<OpenFile>>> = {
  CSV: (bytes, named, read) => openCsv(decodeText(bytes), named, read),
  JSONL: async (bytes, named, read) => openJsonl(decodeText(bytes), named, read),
  XLSX: async (bytes, named, read) => openXlsx(await buffer(bytes), named, read),
};

/** A file whose bytes can be read more than once. */
export function fileOf(format: FileFormat, bytes: () => AsyncIterable<Buffer>): OpenFile {
  return (named, read) => OPENERS[format](bytes(), named, read);
}

const BASE64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/;

/** The bytes that a request carries: text as it is, a workbook in base64. */
export function contentBytes(format: FileFormat, content: string): Outcome<Buffer> {
  if (format !== 'XLSX') return { done: Buffer.from(content, 'utf8') };
  return BASE64.test(content) ? { done: Buffer.from(content, 'base64') } : invalid('content', 'A workbook is sent in base64.');
}

/** Bytes that are at hand, as a stream. */
export const streamOf = (bytes: Buffer): AsyncIterable<Buffer> => Readable.from([bytes]);
