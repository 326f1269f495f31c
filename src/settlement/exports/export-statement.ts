import { type Coalition, coalitionNow } from '../../partners/coalition.ts';
import type { Db } from '../../platform/database.ts';
import type { Cycle } from '../cycles/cycle.ts';
import { type Exported, FILE_KINDS, notExported, type StatementFormat } from './export-format.ts';
import { renderPdf } from './render-pdf.ts';
import { statementCsv } from './statement-csv.rules.ts';
import { statementsJson } from './statement-json.rules.ts';
import { readPapers, type StatementPaper } from './statement-paper.ts';
import { statementsPdf } from './statement-pdf.rules.ts';
import { linesSheet, summarySheet } from './statement-sheets.rules.ts';
import { writeWorkbook } from './write-workbook.ts';

/** The statement of one partner for a closed cycle. */
export async function exportStatement(db: Db, cycle: Cycle, partnerId: string, format: StatementFormat): Promise<Exported> {
  const { coalition } = await coalitionNow(db);
  const papers = await readPapers(db, coalition, cycle, partnerId);
  const [paper] = papers;
  if (paper === undefined) return notExported('NO_STATEMENT', 'The partner has no statement for this cycle.');
  const piece =
    format === 'XLSX'
      ? await writeWorkbook([summarySheet(paper), linesSheet(papers, false)])
      : await writeStatements(coalition, cycle, papers, format);
  const { mimeType, ending } = FILE_KINDS[format];
  return { done: { fileName: `${coalition.program.code}-cycle-${cycle.no}-${paper.partner.code}${ending}`, mimeType, pieces: [piece] } };
}

/** Statements in a format that takes any number of them. */
export async function writeStatements(
  coalition: Coalition,
  cycle: Cycle,
  papers: readonly StatementPaper[],
  format: Exclude<StatementFormat, 'XLSX'>,
): Promise<string | Buffer> {
  switch (format) {
    case 'CSV':
      return statementCsv(papers);
    case 'JSON':
      return statementsJson(coalition, cycle, papers);
    case 'PDF':
      return renderPdf(statementsPdf(papers));
  }
}
