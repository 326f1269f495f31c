/** Reconciles a partner's file of any size with what is stored here, by the same rules as the API. */
import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { DateTime } from 'luxon';
import { readConfig } from '../config.ts';
import { NO_ID, parseIdOf, toPublicId } from '../kernel/ids.ts';
import { coalitionNow } from '../partners/coalition.ts';
import { type Database, transact } from '../platform/database.ts';
import { FIELDS, type NamedColumns } from '../settlement/reconciliation/columns.rules.ts';
import { fileOf } from '../settlement/reconciliation/open-file.ts';
import { reconcile } from '../settlement/reconciliation/reconcile.ts';
import { type FileFormat, type Reconciliation, ROW_KINDS, type RowKind } from '../settlement/reconciliation/reconciliation.ts';
import { readBadRows } from '../settlement/reconciliation/reconciliations.queries.ts';
import { runCommand } from './run-command.ts';
import { withDatabase } from './with-database.ts';

interface Options {
  readonly partner: string;
  readonly cycle?: string;
  readonly from?: string;
  readonly until?: string;
  readonly format?: FileFormat;
  readonly kinds: readonly RowKind[];
  readonly points: bigint;
  readonly days: number;
  readonly column: NamedColumns;
  readonly json?: true;
}

const FORMATS: Readonly<Record<string, FileFormat>> = {
  '.csv': 'CSV',
  '.txt': 'CSV',
  '.tsv': 'CSV',
  '.jsonl': 'JSONL',
  '.ndjson': 'JSONL',
  '.xlsx': 'XLSX',
};

const command = new Command('reconcile')
  .description("Compares a partner's own file with what is stored here.")
  .argument('<file>', 'the file')
  .requiredOption('--partner <code>', 'code of the partner')
  .option('--cycle <id>', 'the cycle whose time is compared, cyc_...')
  .option('--from <day>', 'the first day that is compared, where no cycle is given', day)
  .option('--until <day>', 'the last day', day)
  .addOption(new Option('--format <format>', 'how it is written; by the name of the file unless given').choices(['CSV', 'JSONL', 'XLSX']))
  .option('--kinds <list>', `what is compared, separated by commas: ${ROW_KINDS.join(', ')}`, kindsOf, ROW_KINDS)
  .addOption(
    // Its default is said by us: commander writes defaults as JSON, which has no bigint.
    new Option('--points <n>', 'points by which amounts of one key may differ')
      .argParser((text) => BigInt(wholeNumber(text)))
      .default(0n, '0'),
  )
  .option('--days <n>', 'days by which dates of one key may differ', wholeNumber, 0)
  .option('--column <field=header>', `names a column by hand: ${FIELDS.join(', ')}; may be repeated`, columnOf, {})
  .option('--json', 'print the result as JSON')
  .parse();

function day(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || !DateTime.fromISO(text).isValid) throw new InvalidArgumentError('A day is written 2026-01-31.');
  return text;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('This is a whole number.');
  return Number(text);
}

function kindsOf(list: string): readonly RowKind[] {
  const names = list.split(',').map((name) => name.trim());
  const kinds = ROW_KINDS.filter((kind) => names.includes(kind));
  if (kinds.length < names.length) throw new InvalidArgumentError(`It knows ${ROW_KINDS.join(', ')}.`);
  return kinds;
}

function columnOf(text: string, before: NamedColumns): NamedColumns {
  const field = FIELDS.find((name) => text.startsWith(`${name}=`));
  if (field === undefined) throw new InvalidArgumentError(`Write field=header with a field of ${FIELDS.join(', ')}.`);
  return { ...before, [field]: text.slice(field.length + 1) };
}

async function hashOfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

async function run(db: Database, file: string, options: Options): Promise<void> {
  const started = performance.now();
  const { partner: code, cycle, from, until, kinds, points, days, column } = options;
  const partner = (await coalitionNow(db)).coalition.partnerOf(code);
  if (partner === undefined) throw new Error(`There is no partner ${code}.`);
  const format = options.format ?? FORMATS[extname(file).toLowerCase()];
  if (format === undefined) throw new Error(`How ${file} is written is not known by its name: give --format.`);
  const contentHash = await hashOfFile(file);
  const outcome = await transact(db, (tx) =>
    reconcile(tx, {
      partnerId: partner.id,
      startedBy: 'operator',
      days: { cycleId: cycle === undefined ? undefined : (parseIdOf('ClearingCycle', cycle) ?? NO_ID), from, until },
      kinds,
      tolerances: { points, days },
      columns: column,
      format,
      fileName: basename(file),
      contentHash,
      open: fileOf(format, () => createReadStream(file)),
    }),
  );
  if ('refused' in outcome) throw new Error(outcome.refused.message);
  const seconds = Math.round((performance.now() - started) / 10) / 100;
  await listBadRows(db, outcome.done.id);
  process.stdout.write(options.json ? `${JSON.stringify({ ...summaryOf(outcome.done), seconds })}\n` : tableOf(outcome.done, seconds));
}

const PAGE = 1_000;

async function listBadRows(db: Database, runId: string): Promise<void> {
  for (let after = 0; ; ) {
    const page = await readBadRows(db, runId, PAGE, after);
    for (const { no, reason } of page.slice(0, PAGE)) process.stderr.write(`row ${no}: ${reason}\n`);
    if (page.length <= PAGE) return;
    after = page[PAGE - 1]?.no ?? 0;
  }
}

const summaryOf = ({ id, rowsRead, badRows, counts }: Reconciliation) => ({
  id: toPublicId('Reconciliation', id),
  rowsRead,
  badRows,
  counts,
});

function tableOf(run: Reconciliation, seconds: number): string {
  const { id, rowsRead, badRows, counts } = summaryOf(run);
  const lines = counts.map(
    ({ result, kind, theirRows, ourRows, theirAmount, ourAmount }) =>
      `${result.padEnd(14)}${kind.padEnd(11)}${String(theirRows).padStart(9)} rows of theirs ${theirAmount.padStart(14)}${String(ourRows).padStart(9)} of ours ${ourAmount.padStart(14)}`,
  );
  return `${[`${id}: ${rowsRead} rows, ${badRows} bad, ${seconds} s`, ...lines].join('\n')}\n`;
}

// One transaction: what a signal ends has changed nothing. Left to the default, it would leave an embedded database running.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

await runCommand(async () => {
  const [file = ''] = command.args;
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new Error(`There is no file ${file}.`);
  await withDatabase(readConfig(), (db) => run(db, file, command.opts<Options>()));
  return 0;
});
