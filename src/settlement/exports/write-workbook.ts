import type { Blob } from 'node:buffer';
import type Stream from 'node:stream';
import type { Feature } from 'write-excel-file/node';
import type { SheetContent } from './statement-sheets.rules.ts';

const FIT = '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>';
const PAGE = '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>';

/** Printed on A4 across, a sheet is as wide as the page and as long as it takes. */
const FIT_TO_WIDTH: Feature<Stream | Buffer | Blob> = {
  files: {
    transform: {
      'xl/worksheets/sheet{id}.xml': {
        transform: (xml) => xml.replace(/<worksheet[^>]*>/, `$&${FIT}`).replace('</sheetData>', `$&${PAGE}`),
      },
    },
  },
};

/** A workbook of some sheets. */
export async function writeWorkbook(sheets: readonly SheetContent[]): Promise<Buffer> {
  const { default: writeExcelFile } = await import('write-excel-file/node');
  return writeExcelFile(
    sheets.map(({ columns, ...sheet }) => ({ ...sheet, columns: [...columns] })),
    { fontFamily: 'Calibri', fontSize: 11, features: [FIT_TO_WIDTH] },
  ).toBuffer();
}
