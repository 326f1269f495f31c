import { parse } from 'csv-parse/sync';
import { LONGEST_LINE, linesOf } from '../../exchange/import/text-lines.ts';
import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import { type Field, mapColumns, type NamedColumns } from './columns.rules.ts';
import type { Cells, FileLine, FileRow } from './read-row.rules.ts';

const DELIMITERS = [',', ';', '\t', '|'] as const;

/** The rows of a text with a header. Each line stands for itself, so a stray quote spoils no other. */
export async function openCsv(
  text: AsyncIterable<string>,
  named: NamedColumns,
  read: (cells: Cells) => Outcome<FileRow>,
): Promise<Outcome<AsyncIterable<readonly FileLine[]>>> {
  const blocks = linesOf(text);
  let no = 0;
  let rest: readonly string[] = [];
  let header: string | undefined;
  for (let block = await blocks.next(); block.done !== true; block = await blocks.next()) {
    const at = block.value.findIndex((line) => line.trim() !== '');
    no += at < 0 ? block.value.length : at + 1;
    if (at < 0) continue;
    header = block.value[at];
    rest = block.value.slice(at + 1);
    break;
  }
  if (header === undefined) return invalid('content', 'The file is empty.');
  if (header.includes('\0')) return invalid('content', 'The file is not text in UTF-8: save it as UTF-8.');
  const delimiter = mostFrequent(header);
  const headers = fieldsOf(header, delimiter);
  if (headers === undefined) return invalid('content', 'The first line is no header: it has a quote that is not closed.');
  const fields = mapColumns(headers, named);
  if ('refused' in fields) return fields;
  const readLine = lineReader(fields.done, delimiter, read);
  return done(rowsOf(no, rest, blocks, readLine));
}

async function* rowsOf(
  headerNo: number,
  rest: readonly string[],
  blocks: AsyncIterable<readonly string[]>,
  read: (line: string) => Outcome<FileRow> | undefined,
): AsyncGenerator<FileLine[]> {
  let no = headerNo;
  const linesIn = (lines: readonly string[]): FileLine[] =>
    lines.flatMap((line) => {
      no += 1;
      const row = read(line);
      return row === undefined ? [] : [{ no, row }];
    });
  yield linesIn(rest);
  for await (const lines of blocks) yield linesIn(lines);
}

/** Reads a line; undefined for a blank one. */
function lineReader(
  fields: readonly (Field | undefined)[],
  delimiter: string,
  read: (cells: Cells) => Outcome<FileRow>,
): (line: string) => Outcome<FileRow> | undefined {
  return (line) => {
    if (line.trim() === '') return undefined;
    if (line.length >= LONGEST_LINE) return invalid('row', `it has ${LONGEST_LINE} characters or more`);
    const cells = fieldsOf(line, delimiter);
    if (cells === undefined) return invalid('row', 'it has a quote that is not closed, or text after a closed one');
    if (cells.length !== fields.length)
      return invalid('row', `it has ${cells.length} fields and the header ${fields.length}: it may be cut off`);
    return read(Object.fromEntries(fields.flatMap((field, at) => (field === undefined ? [] : [[field, cells[at] ?? '']]))));
  };
}

function mostFrequent(header: string): string {
  const times = (delimiter: string) => header.split(delimiter).length;
  return DELIMITERS.reduce((best, delimiter) => (times(delimiter) > times(best) ? delimiter : best));
}

function fieldsOf(line: string, delimiter: string): readonly string[] | undefined {
  if (!line.includes('"')) return line.split(delimiter);
  try {
    const [fields = []]: string[][] = parse(line, { delimiter, record_delimiter: '\n', relax_quotes: false });
    return fields;
  } catch {
    return undefined;
  }
}
