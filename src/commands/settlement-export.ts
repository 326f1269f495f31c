/** Writes what a closed cycle says as a document: to standard output, which then holds nothing else, or to a file. */
import 'reflect-metadata';
import { Command, Option } from 'commander';
import { readConfig } from '../config.ts';
import { NO_ID, parseIdOf } from '../kernel/ids.ts';
import { coalitionNow } from '../partners/coalition.ts';
import type { Database } from '../platform/database.ts';
import { exportCycle, findFrozenCycle } from '../settlement/exports/export-cycle.ts';
import { type CycleFormat, type Exported, STATEMENT_FORMATS, type StatementFormat } from '../settlement/exports/export-format.ts';
import { exportStatement } from '../settlement/exports/export-statement.ts';
import { runCommand } from './run-command.ts';
import { withDatabase } from './with-database.ts';
import { writeDocument } from './write-document.ts';

const FORMATS: Readonly<Record<string, CycleFormat>> = {
  'pain.001': 'PAIN_001',
  csv: 'CSV',
  xlsx: 'XLSX',
  pdf: 'PDF',
  json: 'JSON',
  journal: 'JOURNAL',
  'deferred-revenue': 'DEFERRED_REVENUE',
};

/** Ends a run that found everything in order and nothing to pay. */
const NOTHING_TO_PAY = 3;

interface Options {
  readonly cycle: string;
  readonly format: string;
  readonly partner?: string;
  readonly out?: string;
  readonly summary?: true;
}

const command = new Command('settlement:export')
  .description('Writes the statements, payments or journal of a closed cycle. Ends with 3 when pain.001 has nothing to pay.')
  .requiredOption('--cycle <id>', 'id of the cycle, cyc_...')
  .addOption(new Option('--format <format>', 'what to write').choices(Object.keys(FORMATS)).makeOptionMandatory())
  .option('--partner <code>', 'the statement of one partner only: csv, xlsx, pdf or json')
  .option('--summary', 'the journal summed by day, account and kind of posting')
  .option('--out <file>', 'the file to write; standard output when left out')
  .parse();

/** Whether one statement can be written so. */
const isOfStatement = (format: CycleFormat): format is StatementFormat => (STATEMENT_FORMATS as readonly string[]).includes(format);

function formatOf({ format, summary, partner }: Options): CycleFormat {
  const named = FORMATS[format] ?? command.error(`--format knows ${Object.keys(FORMATS).join(', ')}`);
  if (summary && named !== 'JOURNAL') command.error('--summary goes with --format journal');
  if (partner !== undefined && !isOfStatement(named))
    command.error(`--partner does not go with --format ${format}: that is of the whole cycle`);
  return summary ? 'JOURNAL_SUMMARY' : named;
}

async function findDocument(db: Database, { cycle, partner: code }: Options, format: CycleFormat): Promise<Exported> {
  const cycleId = parseIdOf('ClearingCycle', cycle) ?? NO_ID;
  if (code === undefined || !isOfStatement(format)) return exportCycle(db, cycleId, format);
  const found = await findFrozenCycle(db, cycleId);
  if ('refused' in found) return found;
  const partner = (await coalitionNow(db)).coalition.partnerOf(code);
  if (partner === undefined) throw new Error(`There is no partner ${code}.`);
  return exportStatement(db, found.done, partner.id, format);
}

// Left to the default, a signal would leave an embedded database running.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

await runCommand(async () => {
  const options = command.opts<Options>();
  const format = formatOf(options);
  return withDatabase(readConfig(), async (db) => {
    const exported = await findDocument(db, options, format);
    if ('refused' in exported) {
      process.stderr.write(`${exported.refused.message}\n`);
      return exported.refused.reason === 'NOTHING_TO_PAY' ? NOTHING_TO_PAY : 1;
    }
    await writeDocument(exported.done.pieces, options.out);
    return 0;
  });
});
