import { fork } from 'node:child_process';
import { extname } from 'node:path';
import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import { type Field, mapColumns, type NamedColumns } from './columns.rules.ts';
import type { Cells, FileLine, FileRow } from './read-row.rules.ts';
import type { SheetAnswer } from './read-sheet.process.ts';
import { unzippedBytes } from './unzipped-bytes.rules.ts';

/** A workbook that unfolds into more than this is refused before it does. */
const LARGEST_WORKBOOK = 400 * 1024 * 1024;

/** Memory and time in which a workbook is read: enough for 100,000 rows. */
const MOST_MEBIBYTES = 512;
const MOST_MILLISECONDS = 60_000;

type Sheet = readonly (readonly string[])[];

/** The rows of the first sheet of a workbook, which begins with a header. */
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
  const headerAt = sheet.done.findIndex((row) => row.some((cell) => cell !== ''));
  const header = sheet.done[headerAt];
  if (header === undefined) return invalid('content', 'The first sheet is empty.');
  const fields = mapColumns(header, named);
  return 'refused' in fields ? fields : done(rowsOf(sheet.done, headerAt, fields.done, read));
}

/**
 * Reads the cells in a process of its own, which may run out of memory alone: one cell far away makes every row as long as that, and a small
 * file may hold it. What that process cannot read, or not within its bounds, is refused.
 */
async function sheetOf(bytes: Buffer): Promise<Outcome<Sheet>> {
  const reader = fork(new URL(`./read-sheet.process${extname(import.meta.url)}`, import.meta.url), {
    execArgv: [`--max-old-space-size=${MOST_MEBIBYTES}`],
    env: {},
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    timeout: MOST_MILLISECONDS,
  });
  const answer = await new Promise<SheetAnswer | undefined>((resolve) => {
    reader.once('message', (said: SheetAnswer) => resolve(said));
    reader.once('error', () => resolve(undefined));
    reader.once('exit', () => resolve(undefined));
    reader.send(bytes, (error) => error && resolve(undefined));
  });
  if (answer === undefined)
    return invalid('content', 'The workbook breaks off, is too large, or has a cell far away from the others: send it as CSV.');
  return 'rows' in answer ? done(answer.rows) : invalid('content', `The file is no XLSX workbook that can be read: ${answer.problem}.`);
}

const BLOCK = 5_000;

async function* rowsOf(
  sheet: Sheet,
  headerAt: number,
  fields: readonly (Field | undefined)[],
  read: (cells: Cells) => Outcome<FileRow>,
): AsyncGenerator<FileLine[]> {
  for (let from = headerAt + 1; from < sheet.length; from += BLOCK) {
    yield sheet.slice(from, from + BLOCK).flatMap((row, at): FileLine[] => {
      if (row.every((cell) => cell.trim() === '')) return [];
      const cells = Object.fromEntries(fields.flatMap((field, n) => (field === undefined ? [] : [[field, row[n] ?? '']])));
      return [{ no: from + at + 1, row: read(cells) }];
    });
  }
}
