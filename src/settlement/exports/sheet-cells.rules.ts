import type { CellObject } from 'write-excel-file/node';

/** Digits of a number that a spreadsheet keeps. */
const KEPT_DIGITS = 15;
const RULE = { bottomBorderStyle: 'thin', bottomBorderColor: '#808080' } as const;

/** Text stands a little away from a figure on its left. */
export const textCell = (value: string, more: Partial<CellObject> = {}): CellObject => ({
  type: String,
  value,
  alignVertical: 'top',
  ...(more.align !== 'right' && { align: 'left' as const, indent: 1 }),
  ...more,
});

export const titleCell = (value: string): CellObject => textCell(value, { fontWeight: 'bold', fontSize: 14 });

export const headerCell = (value: string, align: 'left' | 'right' = 'left'): CellObject =>
  textCell(value, { fontWeight: 'bold', align, ...RULE });

/** A decimal as a number cell with thousands apart; one that a spreadsheet would round is kept as text. */
export function numberCell(decimal: string, more: Partial<CellObject> = {}): CellObject {
  if (decimal.replace(/\D/g, '').replace(/^0+/, '').length > KEPT_DIGITS) return textCell(decimal, { align: 'right', ...more });
  const fraction = decimal.split('.')[1] ?? '';
  const format = fraction === '' ? '#,##0' : `#,##0.${'0'.repeat(fraction.length)}`;
  return { type: Number, value: Number(decimal), format, align: 'right', alignVertical: 'top', ...more };
}

/** The last row of a table: its sum, ruled off. */
export const TOTAL: Partial<CellObject> = { fontWeight: 'bold', topBorderStyle: 'thin', topBorderColor: '#808080' };
