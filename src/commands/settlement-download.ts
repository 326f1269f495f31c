/** Writes the file by which anyone recomputes a statement, or a whole closed cycle, with `pointsettia-verify`. */
import 'reflect-metadata';
import { Command } from 'commander';
import { readConfig } from '../config.ts';
import { NO_ID, parseIdOf } from '../kernel/ids.ts';
import { coalitionNow } from '../partners/coalition.ts';
import type { Database } from '../platform/database.ts';
import { isFrozen } from '../settlement/cycles/cycle.ts';
import { readCycles, readCyclesByNo } from '../settlement/cycles/cycles.queries.ts';
import { readFileScope } from '../settlement/proof/file-scope.ts';
import { BEFORE_ALL, readFileRows } from '../settlement/proof/statement-file.ts';
import { readStatements } from '../settlement/statements/statements.queries.ts';
import { runCommand } from './run-command.ts';
import { withDatabase } from './with-database.ts';
import { writeDocument } from './write-document.ts';

interface Options {
  readonly statement?: string;
  readonly cycle?: string;
  readonly out?: string;
}

const ROWS_AT_ONCE = 5_000;

const command = new Command('settlement:download')
  .description('Writes the file by which a statement, or a whole closed cycle, is recomputed.')
  .option('--statement <id>', 'id of a statement, stm_...')
  .option('--cycle <id>', 'id of a closed cycle, cyc_...')
  .option('--out <file>', 'where to write it; standard output unless given')
  .parse();

async function scopeOf(db: Database, { statement, cycle }: Options) {
  const { coalition } = await coalitionNow(db);
  const [found] = statement === undefined ? [] : await readStatements(db, [parseIdOf('Statement', statement) ?? NO_ID]);
  const [told] = found
    ? await readCyclesByNo(db, [found.cycleNo])
    : await readCycles(db, [parseIdOf('ClearingCycle', cycle ?? '') ?? NO_ID]);
  if (told === undefined) throw new Error(`There is no ${statement === undefined ? 'cycle' : 'statement'} ${statement ?? cycle}.`);
  if (!isFrozen(told)) throw new Error(`Cycle ${told.no} is not closed yet: there is nothing to recompute.`);
  return readFileScope(db, coalition, told, found?.partnerId);
}

async function* piecesOf(db: Database, options: Options): AsyncGenerator<string> {
  const scope = await scopeOf(db, options);
  for (let place = BEFORE_ALL; ; ) {
    const rows = await readFileRows(db, scope, place, ROWS_AT_ONCE);
    yield rows.map(({ text }) => `${text}\n`).join('');
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_AT_ONCE) return;
    place = last.place;
  }
}

// Left to the default, a signal would leave an embedded database running.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

await runCommand(async () => {
  const options = command.opts<Options>();
  if ((options.statement === undefined) === (options.cycle === undefined)) command.error('one of --statement and --cycle is needed');
  await withDatabase(readConfig(), (db) => writeDocument(piecesOf(db, options), options.out));
  return 0;
});
