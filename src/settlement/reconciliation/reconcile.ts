import { isName } from '../../exchange/accrual/accrual.rules.ts';
import { newId } from '../../kernel/ids.ts';
import { daysAfter } from '../../kernel/instant.ts';
import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import { type Coalition, coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { type Attempt, once } from '../../platform/idempotency.ts';
import type { NamedColumns } from './columns.rules.ts';
import { type AskedDays, type ComparedDays, comparedDays, daysOf } from './compared-days.ts';
import { fromFirstGoodRow } from './first-good-row.ts';
import { matchRows } from './match-rows.ts';
import type { OpenFile } from './open-file.ts';
import { loadOurRows } from './our-rows.queries.ts';
import { type RowTerms, rowReader } from './read-row.rules.ts';
import type { FileFormat, Reconciliation, RowKind, Tolerances } from './reconciliation.ts';
import {
  clearRun,
  finishRun,
  insertReconciliation,
  lockCurrent,
  type NewReconciliation,
  readReconciliations,
  supersede,
} from './reconciliations.queries.ts';
import { isSameRun, placesOf } from './same-run.rules.ts';
import { analyzeStaging, openStaging } from './staging.queries.ts';
import { syncBreaks } from './sync-breaks.queries.ts';
import { loadTheirRows } from './their-rows.queries.ts';

/** A partner's file, and what to compare it with. */
export interface Reconcile {
  readonly partnerId: string;
  readonly startedBy: string;
  readonly days: AskedDays;
  readonly kinds: readonly RowKind[];
  readonly tolerances: Tolerances;
  readonly columns: NamedColumns;
  readonly format: FileFormat;
  readonly fileName: string | undefined;
  /** SHA-256 of its bytes. */
  readonly contentHash: string;
  readonly open: OpenFile;
}

const MOST_DAYS = 31;
const MOST_POINTS = 1_000_000n;

/** Runs a reconciliation under an idempotency key. */
export async function reconcileOnce(tx: Tx, attempt: Attempt, command: Reconcile): Promise<Outcome<Reconciliation>> {
  const outcome = await once<Reconciliation>(
    tx,
    attempt,
    (recorded) => storedRun(tx, String(recorded.run)),
    async () => {
      const run = await reconcile(tx, command);
      return 'refused' in run ? run : done({ value: run.done, record: { run: run.done.id } });
    },
  );
  return 'refused' in outcome ? outcome : done(outcome.done.value);
}

/**
 * Compares a partner's file with what is stored here. The same file for the same days is the same run, worked out again; another file for
 * them takes its place. Nothing is kept of a file that is refused.
 */
export async function reconcile(tx: Tx, command: Reconcile): Promise<Outcome<Reconciliation>> {
  const { coalition, now } = await coalitionNow(tx);
  const { timeZone } = coalition.program;
  const checked = checkTerms(command);
  if ('refused' in checked) return checked;
  const days = await comparedDays(tx, command.days, timeZone);
  if ('refused' in days) return days;
  const opened = await command.open(command.columns, rowReader(termsOf(coalition, command, days.done)));
  if ('refused' in opened) return opened;
  const blocks = await fromFirstGoodRow(opened.done);
  if ('refused' in blocks) return blocks;

  const current = await lockCurrent(tx, command.partnerId);
  const wanted = newRun(command, days.done);
  const same = current.find((run) => isSameRun(run, wanted));
  const places = placesOf(
    current.filter((run) => run !== same),
    wanted,
  );
  if ('refused' in places) return places;
  const run = { ...wanted, id: same?.id ?? wanted.id };
  if (same === undefined) await insertReconciliation(tx, run, now);
  else await clearRun(tx, run.id);
  await supersede(tx, places.done, run.id);

  await openStaging(tx);
  const loaded = await loadTheirRows(tx, run.id, run.partnerId, blocks.done);
  const scope = { ...run, runId: run.id, timeZone };
  await loadOurRows(tx, scope);
  await analyzeStaging(tx);
  await matchRows(tx, scope, command.tolerances);
  await syncBreaks(tx, run.id, places.done, run.partnerId, now);
  await finishRun(tx, { id: run.id, ...loaded, now });
  return done(await storedRun(tx, run.id));
}

function checkTerms({ tolerances, fileName, kinds }: Reconcile): Outcome<true> {
  if (tolerances.points < 0n || tolerances.points > MOST_POINTS)
    return invalid('tolerances.points', `A tolerance is between 0 and ${MOST_POINTS} points.`);
  if (tolerances.days < 0 || tolerances.days > MOST_DAYS) return invalid('tolerances.days', `A window is between 0 and ${MOST_DAYS} days.`);
  if (fileName !== undefined && !isName(fileName)) return invalid('fileName', 'The name of a file has 1 to 200 characters.');
  return kinds.length === 0 ? refused('VALIDATION', 'Name at least one kind to compare.', { field: ['kinds'] }) : done(true);
}

function termsOf(coalition: Coalition, { kinds, tolerances }: Reconcile, days: ComparedDays): RowTerms {
  const { timeZone, settlementCurrency } = coalition.program;
  const { from, to } = daysOf(days, timeZone);
  return {
    timeZone,
    from: daysAfter(from, -tolerances.days),
    to: daysAfter(to, tolerances.days),
    kinds,
    currencyNoOf: (code) => (code === settlementCurrency ? 0 : coalition.currencyOf(code)?.no),
  };
}

function newRun(command: Reconcile, { cycleNo, startsAt, endsAt }: ComparedDays): NewReconciliation {
  const { partnerId, startedBy, kinds, format, fileName, contentHash, columns, tolerances } = command;
  return {
    id: newId(),
    ...{ partnerId, startedBy, cycleNo, startsAt, endsAt, format, contentHash, columns },
    kinds: [...new Set(kinds)].sort(),
    fileName: fileName ?? null,
    tolerancePoints: tolerances.points,
    toleranceDays: tolerances.days,
  };
}

async function storedRun(tx: Tx, id: string): Promise<Reconciliation> {
  const [run] = await readReconciliations(tx, [id]);
  if (run === undefined) throw new Error(`reconciliation ${id} is not stored`);
  return run;
}
