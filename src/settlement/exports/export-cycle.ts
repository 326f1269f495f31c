import { type Coalition, coalitionNow } from '../../partners/coalition.ts';
import type { Db } from '../../platform/database.ts';
import { type Cycle, isFrozen } from '../cycles/cycle.ts';
import { readCycles } from '../cycles/cycles.queries.ts';
import { readFrozenLines } from '../lines/frozen-lines.queries.ts';
import { readInstructionsOf } from '../payments/instructions.queries.ts';
import { instructionsSheet, positionsSheet } from './cycle-sheets.rules.ts';
import { readOutstandingChanges } from './deferred-revenue.queries.ts';
import { deferredRevenueCsv } from './deferred-revenue.rules.ts';
import { type CycleFormat, type Exported, type ExportedDocument, FILE_KINDS, notExported } from './export-format.ts';
import { writeStatements } from './export-statement.ts';
import { journalCsv, journalSummaryCsv } from './journal.ts';
import { pain001 } from './pain-001.rules.ts';
import { paymentsDue } from './payments-due.rules.ts';
import { readPapers } from './statement-paper.ts';
import { linesSheet } from './statement-sheets.rules.ts';
import { writeWorkbook } from './write-workbook.ts';

/** A closed cycle by its stored id, whatever it is to be written as. */
export async function findFrozenCycle(db: Db, cycleId: string): Promise<Exported<Cycle>> {
  const [cycle] = await readCycles(db, [cycleId]);
  if (cycle === undefined) return notExported('NO_SUCH_CYCLE', 'There is no such clearing cycle.');
  if (!isFrozen(cycle)) return notExported('NOT_CLOSED', `The cycle is ${cycle.status}: documents are made of closed cycles only.`);
  return { done: cycle };
}

/** The document of a whole closed cycle. */
export async function exportCycle(db: Db, cycleId: string, format: CycleFormat): Promise<Exported> {
  const found = await findFrozenCycle(db, cycleId);
  if ('refused' in found) return found;
  const { coalition } = await coalitionNow(db);
  const pieces = await write(db, coalition, found.done, format);
  if ('refused' in pieces) return pieces;
  const { mimeType, ending } = FILE_KINDS[format];
  return { done: { fileName: `${coalition.program.code}-cycle-${found.done.no}${ending}`, mimeType, pieces: pieces.done } };
}

async function write(db: Db, coalition: Coalition, cycle: Cycle, format: CycleFormat): Promise<Exported<ExportedDocument['pieces']>> {
  switch (format) {
    case 'PAIN_001': {
      const [instructions = []] = await readInstructionsOf(db, [cycle.no]);
      const due = paymentsDue(coalition, cycle, instructions);
      return 'refused' in due ? due : { done: [pain001(coalition, cycle, due.done)] };
    }
    case 'JOURNAL':
      return { done: journalCsv(db, coalition, cycle) };
    case 'JOURNAL_SUMMARY':
      return { done: journalSummaryCsv(db, coalition, cycle) };
    case 'DEFERRED_REVENUE':
      return { done: [deferredRevenueCsv(coalition, cycle, await readOutstandingChanges(db, cycle))] };
    case 'XLSX':
      return { done: [await cycleWorkbook(db, coalition, cycle)] };
    default:
      return { done: [await writeStatements(coalition, cycle, await readPapers(db, coalition, cycle), format)] };
  }
}

async function cycleWorkbook(db: Db, coalition: Coalition, cycle: Cycle): Promise<Buffer> {
  const [papers, [lines = []], [instructions = []]] = await Promise.all([
    readPapers(db, coalition, cycle),
    readFrozenLines(db, [cycle.no]),
    readInstructionsOf(db, [cycle.no]),
  ]);
  return writeWorkbook([positionsSheet(coalition, cycle, lines), linesSheet(papers, true), instructionsSheet(coalition, instructions)]);
}
