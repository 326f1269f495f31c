import { InvalidInputError, InvalidSpreadsheetError, readSheet } from 'read-excel-file/node';
import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import { type Field, mapColumns, type NamedColumns } from './columns.rules.ts';
import type { Cells, FileLine, FileRow } from './read-row.rules.ts';
import { unzippedBytes } from './unzipped-bytes.rules.ts';

/** A workbook that unfolds into more than this is refused before it does. */
const LARGEST_WORKBOOK = 400 * 1024 * 1024;

type Cell = string | number | boolean | Date | null;

/** The rows of the first sheet of a workbook, which begins with a header. Numbers are taken as they are written, not as floats. */
export async function openXlsx(
  bytes: Buffer,
  named: NamedColumns,
  read: (cells: Cells) => Outcome<FileRow>,
): Promise<Outcome<AsyncIterable<readonly FileLine[]>>> {
  const size = unzippedBytes(bytes);
  if (size === undefined) return invalid('content', 'The file is no XLSX workbook.');
  if (size > LARGEST_WORKBOOK) return invalid('content', `The workbook unfolds into ${size} bytes: send it as CSV.`);
  const sheet = await sheetOf(bytes);
  if ('refused' in sheet) return sheet;
  const headerAt = sheet.done.findIndex((row) => row.some((cell) => cell !== null));
  const header = sheet.done[headerAt];
  if (header === undefined) return invalid('content', 'The first sheet is empty.');
  const fields = mapColumns(header.map(textOf), named);
  return 'refused' in fields ? fields : done(rowsOf(sheet.done, headerAt, fields.done, read));
}

async function sheetOf(bytes: Buffer): Promise<Outcome<readonly (readonly Cell[])[]>> {
  try {
    const sheet: unknown = await readSheet(bytes, 1, { parseNumber: (text) => text, trim: true });
    return done(sheet as readonly (readonly Cell[])[]);
  } catch (error) {
    if (error instanceof InvalidInputError || error instanceof InvalidSpreadsheetError)
      return invalid('content', `The file is no XLSX workbook that can be read: ${error.message}.`);
    throw error;
  }
}

const BLOCK = 5_000;

async function* rowsOf(
  sheet: readonly (readonly Cell[])[],
  headerAt: number,
  fields: readonly (Field | undefined)[],
  read: (cells: Cells) => Outcome<FileRow>,
): AsyncGenerator<FileLine[]> {
  for (let from = headerAt + 1; from < sheet.length; from += BLOCK) {
    yield sheet.slice(from, from + BLOCK).flatMap((row, at): FileLine[] => {
      if (row.every((cell) => cell === null || textOf(cell).trim() === '')) return [];
      const cells = Object.fromEntries(fields.flatMap((field, n) => (field === undefined ? [] : [[field, textOf(row[n] ?? null)]])));
      return [{ no: from + at + 1, row: read(cells) }];
    });
  }
}

/** A date cell has no time zone: what it shows is kept, to be read in the program's. */
function textOf(cell: Cell): string {
  if (cell === null) return '';
  return cell instanceof Date ? cell.toISOString().replace('Z', '').replace('T00:00:00.000', '') : String(cell);
}
