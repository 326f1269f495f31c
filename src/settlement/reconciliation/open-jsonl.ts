import { LONGEST_LINE, linesOf } from '../../exchange/import/text-lines.ts';
import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import { type Field, mapColumns, type NamedColumns } from './columns.rules.ts';
import type { Cells, FileLine, FileRow } from './read-row.rules.ts';

/** The rows of a text with one JSON object a line. Lines may name their fields differently. */
export function openJsonl(
  text: AsyncIterable<string>,
  named: NamedColumns,
  read: (cells: Cells) => Outcome<FileRow>,
): Outcome<AsyncIterable<readonly FileLine[]>> {
  return done(rowsOf(text, columnsByNames(named), read));
}

type Columns = Outcome<readonly (Field | undefined)[]>;

async function* rowsOf(
  text: AsyncIterable<string>,
  columnsOf: (names: readonly string[]) => Columns,
  read: (cells: Cells) => Outcome<FileRow>,
): AsyncGenerator<FileLine[]> {
  let no = 0;
  for await (const lines of linesOf(text)) {
    const rows: FileLine[] = [];
    for (const line of lines) {
      no += 1;
      if (line.trim() !== '') rows.push({ no, row: readObject(line, columnsOf, read) });
    }
    yield rows;
  }
}

/** Which names hold what, worked out once for all lines with the same names. */
function columnsByNames(named: NamedColumns): (names: readonly string[]) => Columns {
  let last: { readonly names: string; readonly columns: Columns } | undefined;
  return (names) => {
    const joined = JSON.stringify(names);
    if (last?.names !== joined) last = { names: joined, columns: mapColumns(names, named) };
    return last.columns;
  };
}

function readObject(
  line: string,
  columnsOf: (names: readonly string[]) => Columns,
  read: (cells: Cells) => Outcome<FileRow>,
): Outcome<FileRow> {
  if (line.length >= LONGEST_LINE) return invalid('row', `it has ${LONGEST_LINE} characters or more`);
  const object = parsed(line);
  if (object === undefined) return invalid('row', 'it is not a JSON object: it may be cut off');
  const names = Object.keys(object);
  const columns = columnsOf(names);
  if ('refused' in columns) return columns;
  const cells: Partial<Record<Field, string>> = {};
  for (const [at, name] of names.entries()) {
    const field = columns.done[at];
    const value = object[name];
    if (field === undefined || value === null) continue;
    if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
      return invalid(field, 'a number this large loses digits: write it as a string');
    if (typeof value !== 'string' && typeof value !== 'number') return invalid(field, `the ${field} is neither text nor a number`);
    cells[field] = String(value);
  }
  return read(cells);
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
