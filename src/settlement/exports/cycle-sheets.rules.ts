import type { Row } from 'write-excel-file/node';
import type { Coalition } from '../../partners/coalition.ts';
import type { Cycle } from '../cycles/cycle.ts';
import { type CycleLine, netOf, OPERATOR, POOL } from '../lines/cycle-line.ts';
import type { Instruction } from '../payments/instruction.ts';
import { decimalOfMinor } from './decimals.rules.ts';
import { accountOf, inWords, partyName } from './parties.rules.ts';
import { periodOf } from './period.rules.ts';
import { headerCell, numberCell, TOTAL, textCell, titleCell } from './sheet-cells.rules.ts';
import type { SheetContent } from './statement-sheets.rules.ts';

/** What every party of a cycle receives or pays; together 0. */
export function positionsSheet(coalition: Coalition, cycle: Cycle, lines: readonly CycleLine[]): SheetContent {
  const { partners, program } = coalition;
  const currency = program.settlementCurrency;
  const names = new Map([
    ...partners.map(({ code, name }) => [code, name] as const),
    [OPERATOR, program.name],
    [POOL, 'Money held for others'],
  ]);
  const parties = [...partners.map(({ code }) => code).toSorted(), OPERATOR, POOL];
  const sum = parties.reduce((total, party) => total + netOf(lines, party), 0n);
  const rows = parties.map(
    (party): Row => [
      textCell(party),
      textCell(names.get(party) ?? party),
      numberCell(decimalOfMinor(netOf(lines, party), currency)),
      textCell(currency),
    ],
  );
  return {
    sheet: 'Positions',
    data: [
      [titleCell(`Net positions: ${program.name}`)],
      [textCell(periodOf(coalition, cycle))],
      [],
      [headerCell('Party'), headerCell('Name'), headerCell('Net: + receives, - pays', 'right'), headerCell('Currency')],
      ...rows,
      [textCell('Sum', TOTAL), textCell('', TOTAL), numberCell(decimalOfMinor(sum, currency), TOTAL), textCell(currency, TOTAL)],
    ],
    columns: [{ width: 34 }, { width: 40 }, { width: 26 }, { width: 10 }],
    stickyRowsCount: 4,
  };
}

const INSTRUCTION_TITLES = [
  'Payer',
  'Payee',
  'Status',
  'Due date',
  'To be paid',
  'Paid',
  'Outstanding',
  'Carried',
  'Currency',
  'Account holder',
  'IBAN',
  'BIC',
];
const AMOUNTS: ReadonlySet<string> = new Set(['To be paid', 'Paid', 'Outstanding', 'Carried']);

/** The payments that settle a cycle, with the account of who is paid. */
export function instructionsSheet(coalition: Coalition, instructions: readonly Instruction[]): SheetContent {
  const currency = coalition.program.settlementCurrency;
  const money = (minor: bigint) => numberCell(decimalOfMinor(minor, currency));
  const rows = instructions.map((instruction): Row => {
    const { payer, payee, status, dueDate, amountMinor, paidMinor, carriedMinor } = instruction;
    const account = accountOf(coalition, payee);
    return [
      textCell(partyName(coalition, payer)),
      textCell(partyName(coalition, payee)),
      textCell(inWords(status)),
      textCell(dueDate ?? ''),
      ...[amountMinor, paidMinor, amountMinor - paidMinor, carriedMinor].map(money),
      textCell(currency),
      textCell(account?.holder ?? ''),
      textCell(account?.iban ?? ''),
      textCell(account?.bic ?? ''),
    ];
  });
  return {
    sheet: 'Instructions',
    data: [INSTRUCTION_TITLES.map((title) => headerCell(title, AMOUNTS.has(title) ? 'right' : 'left')), ...rows],
    columns: [16, 16, 16, 12, 18, 18, 18, 18, 10, 30, 30, 14].map((width) => ({ width })),
    stickyRowsCount: 1,
  };
}
