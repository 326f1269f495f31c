/** A process that reads the first sheet of the workbook that it is sent, and answers with its rows, or why they cannot be read. */
import { readSheet } from 'read-excel-file/node';

/** The rows of the sheet, or what is wrong with the workbook. */
export type SheetAnswer = { readonly rows: readonly (readonly string[])[] } | { readonly problem: string };

type Cell = string | number | boolean | Date | null;

/** A date cell has no time zone: what it shows is kept, to be read in the program's. */
function textOf(cell: Cell): string {
  if (cell === null) return '';
  return cell instanceof Date ? cell.toISOString().replace('Z', '').replace('T00:00:00.000', '') : String(cell);
}

async function answerTo(workbook: Uint8Array): Promise<SheetAnswer> {
  try {
    // Numbers are taken as they are written, not as floats.
    const sheet: unknown = await readSheet(Buffer.from(workbook), 1, { parseNumber: (text) => text, trim: true });
    return { rows: (sheet as readonly (readonly Cell[])[]).map((row) => row.map(textOf)) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

process.once('message', async (workbook: Uint8Array) => {
  process.send?.(await answerTo(workbook), () => process.disconnect());
});
