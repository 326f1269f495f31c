/** Loads a file of purchases: enrols members it has not seen and earns their points, by the same rules as the API. */
import 'reflect-metadata';
import { createReadStream, statSync } from 'node:fs';
import { SingleBar } from 'cli-progress';
import { Command, Option } from 'commander';
import { readConfig } from '../config.ts';
import { foundImporter } from '../exchange/import/found-importer.ts';
import { type ImportProgress, importPurchases } from '../exchange/import/import-purchases.ts';
import {
  COLUMNS,
  type Column,
  DELIMITERS,
  type Delimiter,
  type Format,
  type Line,
  readPurchases,
} from '../exchange/import/purchase-line.ts';
import { coalitionNow } from '../partners/coalition.ts';
import type { Database } from '../platform/database.ts';
import { runCommand } from './run-command.ts';
import { withDatabase } from './with-database.ts';

interface Options {
  readonly partner: string;
  readonly columns: string;
  readonly delimiter: Delimiter;
  readonly create?: true;
}

const command = new Command('import')
  .description('Loads purchases from a file.')
  .argument('<file>', 'the file, one purchase a line')
  .requiredOption('--partner <code>', 'code of the partner at which they were made')
  .requiredOption('--columns <list>', `what the fields are, separated by commas: ${COLUMNS.join(', ')}; - for a field that is not read`)
  .addOption(new Option('--delimiter <delimiter>', 'what separates the fields').choices(DELIMITERS).default('whitespace'))
  .option('--create', 'create the partner if there is none, with a currency that never expires and 10 points a unit')
  .parse();

function columnsOf(list: string): readonly Column[] {
  const columns = list.split(',').map((name) => name.trim());
  const known = columns.filter((name): name is Column => name === '-' || (COLUMNS as readonly string[]).includes(name));
  if (known.length < columns.length) command.error(`--columns knows ${COLUMNS.join(', ')} and -, not ${list}`);
  for (const column of COLUMNS) {
    const times = known.filter((name) => name === column).length;
    if (times > 1 || (times === 0 && column !== 'quantity')) command.error(`--columns names ${column} once`);
  }
  return known;
}

function purchasesOf(file: string, format: Format, onBytes?: (bytes: number) => void): AsyncGenerator<Line[]> {
  const text = createReadStream(file, 'utf8');
  if (onBytes !== undefined) text.on('data', () => onBytes(text.bytesRead));
  return readPurchases(text, format);
}

/** The instant of the first purchase in the file: from there on a contract must be in force. */
async function firstPurchase(blocks: AsyncIterable<readonly Line[]>): Promise<Date | undefined> {
  let first: Date | undefined;
  for await (const lines of blocks) {
    for (const { purchase } of lines) {
      if ('done' in purchase && (first === undefined || purchase.done.occurredAt < first)) first = purchase.done.occurredAt;
    }
  }
  return first;
}

/** On a terminal a bar, over the bytes of the file; elsewhere bad lines only. */
function showProgress(size: number): ImportProgress & { at(bytes: number): void; stop(): void } {
  const bar = new SingleBar({ format: '{bar} {percentage}% | {eta} s left | {lines} lines', etaBuffer: 50, stream: process.stderr });
  const isShown = process.stderr.isTTY === true;
  let bytes = 0;
  let lines = 0;
  if (isShown) bar.start(Math.max(size, 1), 0, { lines });
  return {
    refusedLine: (no, reason) => void process.stderr.write(`${isShown ? '\n' : ''}line ${no}: ${reason}\n`),
    advanced: (more) => {
      lines += more;
      if (isShown) bar.update(bytes, { lines });
    },
    at: (read) => {
      bytes = read;
    },
    stop: () => {
      if (isShown) bar.stop();
    },
  };
}

async function load(db: Database, file: string, { partner: code, columns, delimiter, create }: Options): Promise<void> {
  const started = performance.now();
  const { settlementCurrency, timeZone } = (await coalitionNow(db)).coalition.program;
  const format: Format = { columns: columnsOf(columns), delimiter, timeZone, currency: settlementCurrency };
  let partner = (await coalitionNow(db)).coalition.partnerOf(code);
  if (partner === undefined) {
    if (!create) throw new Error(`There is no partner ${code}. Create it first, or add --create.`);
    const first = await firstPurchase(purchasesOf(file, format));
    if (first === undefined) throw new Error(`${file} has no line that can be read as a purchase.`);
    await foundImporter(db, code, first);
    partner = (await coalitionNow(db)).coalition.partnerOf(code);
  }
  if (partner === undefined) throw new Error(`partner ${code} was not created`);

  const progress = showProgress(statSync(file).size);
  const target = { partnerId: partner.id, settlementCurrency };
  const summary = await importPurchases(db, target, purchasesOf(file, format, progress.at), progress).finally(progress.stop);
  const seconds = Math.round((performance.now() - started) / 10) / 100;
  process.stdout.write(`${JSON.stringify({ ...summary, points: Number(summary.points), seconds })}\n`);
}

// What was loaded stays, and the next import of the file completes it. Left to the default, a signal would leave an embedded database running.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

await runCommand(async () => {
  const [file = ''] = command.args;
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new Error(`There is no file ${file}.`);
  const options = command.opts<Options>();
  columnsOf(options.columns);
  await withDatabase(readConfig(), (db) => load(db, file, options), { create: true });
  return 0;
});
