import writeExcelFile from 'write-excel-file/node';
import type { SheetContent } from './statement-sheets.rules.ts';

/** A workbook of some sheets. */
export function writeWorkbook(sheets: readonly SheetContent[]): Promise<Buffer> {
  return writeExcelFile(sheets.map(({ columns, ...sheet }) => ({ ...sheet, columns: [...columns] }))).toBuffer();
}
