import type { Content, CustomTableLayout, TableCell } from 'pdfmake';
import { toPublicId } from '../../kernel/ids.ts';
import { decimalOfMinor, grouped } from './decimals.rules.ts';
import { accountOf, inWords, nameAndCode } from './parties.rules.ts';
import { periodOf } from './period.rules.ts';
import type { PdfDefinition } from './render-pdf.ts';
import type { StatementPaper } from './statement-paper.ts';

const GREY = '#666666';
const MARGIN = 48;

/** A thin rule under the header and above the sum, hairlines between rows. */
const RULED: CustomTableLayout = {
  hLineWidth: (row, { table }) => (row === 0 ? 0 : row === 1 || row >= table.body.length - 1 ? 0.8 : 0.25),
  vLineWidth: () => 0,
  hLineColor: (row, { table }) => (row === 1 || row >= table.body.length - 1 ? '#333333' : '#cccccc'),
  paddingLeft: (column) => (column === 0 ? 0 : 6),
  paddingRight: (column, { table }) => (column === (table.widths?.length ?? 0) - 1 ? 0 : 6),
  paddingTop: () => 3.5,
  paddingBottom: () => 3.5,
};

/** Statements on paper, each beginning on a page of its own. */
export function statementsPdf(papers: readonly StatementPaper[]): PdfDefinition {
  const [first] = papers;
  const title =
    first === undefined ? 'Settlement statements' : `Settlement statements of ${first.coalition.program.name}, cycle ${first.cycle.no}`;
  return {
    pageSize: 'A4',
    pageMargins: [MARGIN, MARGIN, MARGIN, MARGIN],
    defaultStyle: { fontSize: 9, lineHeight: 1.15 },
    info: { title, creator: 'Pointsettia', producer: 'Pointsettia', creationDate: first?.cycle.closedAt ?? undefined },
    content: papers.map((paper, at): Content => ({ stack: onPaper(paper), ...(at > 0 && { pageBreak: 'before' as const }) })),
    footer: (page, pages) => ({
      columns: [
        { text: first === undefined ? '' : `${first.coalition.program.name} · cycle ${first.cycle.no}`, color: GREY },
        { text: `Page ${page} of ${pages}`, alignment: 'right', color: GREY },
      ],
      fontSize: 7.5,
      margin: [MARGIN, 16, MARGIN, 0],
    }),
  };
}

function onPaper(paper: StatementPaper): Content[] {
  return [heading(paper), facts(paper), linesTable(paper), payment(paper), points(paper), proof(paper)];
}

function heading({ coalition, cycle, partner }: StatementPaper): Content {
  return {
    columns: [
      {
        stack: [
          { text: 'Settlement statement', fontSize: 17, bold: true },
          { text: `Cycle ${cycle.no}, ${partner.code}`, color: GREY },
        ],
      },
      { text: coalition.program.name, alignment: 'right', bold: true, fontSize: 11, margin: [0, 5, 0, 0] },
    ],
    margin: [0, 0, 0, 18],
  };
}

function labelled(rows: readonly (readonly [label: string, value: string])[]): Content {
  return {
    table: { widths: [110, '*'], body: rows.map(([label, value]): TableCell[] => [{ text: label, color: GREY }, { text: value }]) },
    layout: {
      hLineWidth: () => 0,
      vLineWidth: () => 0,
      paddingLeft: () => 0,
      paddingRight: () => 8,
      paddingTop: () => 1,
      paddingBottom: () => 1,
    },
    margin: [0, 0, 0, 16],
  };
}

function facts({ coalition, cycle, statement, partner }: StatementPaper): Content {
  return labelled([
    ['Partner', nameAndCode(partner)],
    ['Period', periodOf(coalition, cycle)],
    ['Statement', toPublicId('Statement', statement.id)],
    ['Status', inWords(statement.status)],
    ...(statement.issuedOn === null ? [] : ([['Issued on', statement.issuedOn]] as const)),
    ...(statement.dueDate === null ? [] : ([['Due date', statement.dueDate]] as const)),
    ...(statement.disputableUntil === null ? [] : ([['Open to dispute until', statement.disputableUntil]] as const)),
  ]);
}

/** Figures stand to the right, so that decimals are below one another. */
function linesTable({ coalition, statement, lines }: StatementPaper): Content {
  const currency = coalition.program.settlementCurrency;
  const amount = (minor: bigint): TableCell => ({ text: grouped(decimalOfMinor(minor, currency)), alignment: 'right', noWrap: true });
  const header: TableCell[] = [
    { text: 'No', bold: true, alignment: 'right' },
    { text: 'Type', bold: true },
    { text: 'Description', bold: true },
    { text: `Amount (${currency})`, bold: true, alignment: 'right', noWrap: true },
  ];
  const rows = lines.map(({ no, type, description, minor }): TableCell[] => [
    { text: String(no), alignment: 'right' },
    inWords(type),
    breakable(description),
    amount(minor),
  ]);
  const net: TableCell[] = [
    { text: netLabel(statement.netMinor), bold: true, colSpan: 3 },
    '',
    '',
    { ...(amount(statement.netMinor) as object), bold: true } as TableCell,
  ];
  return {
    table: { headerRows: 1, dontBreakRows: true, widths: [20, 100, '*', 90], body: [header, ...rows, net] },
    layout: RULED,
    margin: [0, 0, 0, 18],
  };
}

const netLabel = (minor: bigint): string => (minor === 0n ? 'Net' : minor < 0n ? 'Net, to be paid' : 'Net, to be received');

/** A word that no line can hold is broken wherever a line is full; others stay whole. */
const breakable = (text: string): Content => (/[^\s\p{Script=Han}]{36}/u.test(text) ? { text, wordBreak: 'break-all' } : text);

function payment({ coalition, instruction }: StatementPaper): Content {
  if (instruction === undefined) return { text: 'Nothing is to be paid.', margin: [0, 0, 0, 16] };
  const currency = coalition.program.settlementCurrency;
  const money = (minor: bigint) => `${grouped(decimalOfMinor(minor, currency))} ${currency}`;
  const { payer, payee, amountMinor, paidMinor, carriedMinor, dueDate, status } = instruction;
  const account = accountOf(coalition, payee);
  const name = (id: string | null) => (id === null ? `${coalition.program.name} (operator)` : nameAndCode(coalition.partnerById(id)));
  return {
    stack: [
      { text: 'Payment', bold: true, fontSize: 11, margin: [0, 0, 0, 4] },
      labelled([
        ['Payer', name(payer)],
        ['Payee', name(payee)],
        ['Amount', money(amountMinor)],
        ...(paidMinor === 0n
          ? []
          : ([
              ['Paid', money(paidMinor)],
              ['Outstanding', money(amountMinor - paidMinor)],
            ] as const)),
        ...(carriedMinor === 0n ? [] : ([['Carried forward', money(carriedMinor)]] as const)),
        ['Status', inWords(status)],
        ['Due date', dueDate ?? 'not set yet'],
        ...(account === undefined
          ? ([['Account of the payee', 'not known']] as const)
          : ([
              ['Account holder', account.holder],
              ['IBAN', account.iban.replace(/(.{4})(?=.)/g, '$1 ')],
              ...(account.bic === undefined ? [] : ([['BIC', account.bic]] as const)),
            ] as const)),
      ]),
    ],
    unbreakable: true,
  };
}

function points({ coalition, statement }: StatementPaper): Content {
  const currencies = Object.keys(statement.openingPoints);
  if (currencies.length === 0) return '';
  const figure = (text: string | undefined): TableCell => ({ text: grouped(text ?? '0'), alignment: 'right' });
  return {
    stack: [
      { text: 'Points outstanding', bold: true, fontSize: 11, margin: [0, 0, 0, 4] },
      {
        table: {
          headerRows: 1,
          widths: [104, 100, 100],
          body: [
            [
              { text: 'Currency', bold: true },
              { text: 'Opening', bold: true, alignment: 'right' },
              { text: 'Closing', bold: true, alignment: 'right' },
            ],
            ...currencies.map((no): TableCell[] => [
              coalition.currencyNo(Number(no)).code,
              figure(statement.openingPoints[no]),
              figure(statement.closingPoints[no]),
            ]),
          ],
        },
        layout: { ...RULED, hLineWidth: (row) => (row === 1 ? 0.8 : 0), hLineColor: '#333333' },
        margin: [0, 0, 0, 16],
      },
    ],
    unbreakable: true,
  };
}

function proof({ statement }: StatementPaper): Content {
  return { text: `SHA-256 of this statement: ${statement.hash}`, color: GREY, fontSize: 7.5 };
}
