import type { Row, SheetData } from 'write-excel-file/node';
import { toPublicId } from '../../kernel/ids.ts';
import { decimalOfMicros, decimalOfMinor } from './decimals.rules.ts';
import { accountOf, inWords, nameAndCode, partyName } from './parties.rules.ts';
import { periodOf } from './period.rules.ts';
import { headerCell, numberCell, TOTAL, textCell, titleCell } from './sheet-cells.rules.ts';
import type { StatementPaper } from './statement-paper.ts';

/** What one sheet of a workbook holds. */
export interface SheetContent {
  readonly sheet: string;
  readonly data: SheetData;
  readonly columns: { readonly width: number }[];
  readonly stickyRowsCount?: number;
}

const LINE_WIDTHS = [6, 22, 60, 18, 22, 10].map((width) => ({ width }));

/** The lines of statements, one a row under a header that stays; the partner is named where there are several. */
export function linesSheet(papers: readonly StatementPaper[], named: boolean): SheetContent {
  const lead = (cell: Row[number]): Row => (named ? [cell] : []);
  const header: Row = [
    ...lead(headerCell('Partner')),
    headerCell('No', 'right'),
    ...['Type', 'Description'].map((title) => headerCell(title)),
    ...['Amount', 'Exact amount'].map((title) => headerCell(title, 'right')),
    headerCell('Currency'),
  ];
  const rows = papers.flatMap(({ coalition, partner, lines, statement }): Row[] => {
    const currency = coalition.program.settlementCurrency;
    const net: Row = [
      ...lead(textCell(partner.code, TOTAL)),
      textCell('', TOTAL),
      textCell('Net', TOTAL),
      textCell('', TOTAL),
      numberCell(decimalOfMinor(statement.netMinor, currency), TOTAL),
      textCell('', TOTAL),
      textCell(currency, TOTAL),
    ];
    const written = lines.map(
      ({ no, type, description, micros, minor }): Row => [
        ...lead(textCell(partner.code)),
        numberCell(String(no)),
        textCell(inWords(type)),
        textCell(description, { wrap: true }),
        numberCell(decimalOfMinor(minor, currency)),
        numberCell(decimalOfMicros(micros)),
        textCell(currency),
      ],
    );
    return [...written, net];
  });
  return { sheet: 'Lines', data: [header, ...rows], columns: [...(named ? [{ width: 16 }] : []), ...LINE_WIDTHS], stickyRowsCount: 1 };
}

/** What a statement comes to: whose it is, what is to be paid until when, and the points before and after. */
export function summarySheet({ coalition, cycle, statement, partner, instruction }: StatementPaper): SheetContent {
  const { program } = coalition;
  const currency = program.settlementCurrency;
  const money = (minor: bigint) => numberCell(decimalOfMinor(minor, currency));
  const payee = instruction === undefined ? undefined : accountOf(coalition, instruction.payee);
  const facts: Row[] = [
    [textCell('Coalition'), textCell(program.name)],
    [textCell('Partner'), textCell(nameAndCode(partner))],
    [textCell('Period'), textCell(periodOf(coalition, cycle))],
    [textCell('Statement'), textCell(toPublicId('Statement', statement.id))],
    [textCell('Status'), textCell(inWords(statement.status))],
    [textCell('Hash'), textCell(statement.hash)],
    [textCell('Net: + receives, - pays', { fontWeight: 'bold' }), { ...money(statement.netMinor), fontWeight: 'bold' }, textCell(currency)],
    [textCell('Due date'), textCell(statement.dueDate ?? 'not set')],
  ];
  const payment: Row[] =
    instruction === undefined
      ? []
      : [
          [textCell('Payer'), textCell(partyName(coalition, instruction.payer))],
          [textCell('Payee'), textCell(partyName(coalition, instruction.payee))],
          [textCell('To be paid'), money(instruction.amountMinor), textCell(currency)],
          [textCell('Paid'), money(instruction.paidMinor), textCell(currency)],
          [textCell('Carried to the next cycle'), money(instruction.carriedMinor), textCell(currency)],
          [
            textCell('Account of the payee'),
            textCell(payee === undefined ? 'not known' : [payee.holder, payee.iban, payee.bic].filter(Boolean).join(', ')),
          ],
        ];
  const points = Object.keys(statement.openingPoints).map(
    (no): Row => [
      textCell(coalition.currencyNo(Number(no)).code),
      numberCell(statement.openingPoints[no] ?? '0'),
      numberCell(statement.closingPoints[no] ?? '0'),
    ],
  );
  return {
    sheet: 'Summary',
    data: [
      [titleCell('Settlement statement')],
      [],
      ...facts,
      [],
      ...payment,
      ...(points.length === 0
        ? []
        : [[], [headerCell('Points outstanding'), headerCell('Opening', 'right'), headerCell('Closing', 'right')], ...points]),
    ],
    columns: [{ width: 28 }, { width: 44 }, { width: 20 }],
  };
}
