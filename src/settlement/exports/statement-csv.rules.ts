import { toPublicId } from '../../kernel/ids.ts';
import { asText, csvOf } from './csv.rules.ts';
import { decimalOfMinor } from './decimals.rules.ts';
import type { StatementPaper } from './statement-paper.ts';

const HEADER = ['cycle', 'partner', 'no', 'type', 'description', 'exact_micros', 'amount', 'amount_minor', 'currency'];

/** The lines of statements, one a row: + the partner receives, - it pays. */
export function statementCsv(papers: readonly StatementPaper[]): string {
  const rows = papers.flatMap(({ coalition, cycle, partner, lines }) => {
    const currency = coalition.program.settlementCurrency;
    return lines.map(({ no, type, description, micros, minor }) => [
      toPublicId('ClearingCycle', cycle.id),
      asText(partner.code),
      String(no),
      type,
      asText(description),
      String(micros),
      decimalOfMinor(minor, currency),
      String(minor),
      currency,
    ]);
  });
  return csvOf([HEADER, ...rows]);
}
