import { newId } from '../../kernel/ids.ts';
import type { Outcome } from '../../kernel/refusal.ts';
import { type Database, transact } from '../../platform/database.ts';
import type { Accrued } from '../accrual/store-accruals.ts';
import { forgetOccurrences } from './occurrences.ts';
import { postBatches } from './post-batches.ts';
import { type ImportTarget, prepareBatches } from './prepare-batches.ts';
import type { Line } from './purchase-line.ts';

/** What an import did. `members` are those it enrolled, `points` those that its new accruals earned. */
export interface ImportSummary {
  read: number;
  accrued: number;
  replayed: number;
  refused: number;
  members: number;
  points: bigint;
}

export interface ImportProgress {
  /** A line that was not loaded, and why. */
  refusedLine(no: number, reason: string): void;
  /** So many more lines have been dealt with. */
  advanced(lines: number): void;
}

/**
 * Loads purchases of one partner through the same path as the API, in batches. While one is posted, the next is read and its members are
 * enrolled. Reading the same file again changes nothing, and completes what was broken off.
 */
export async function importPurchases(
  database: Database,
  target: ImportTarget,
  lines: AsyncIterable<readonly Line[]>,
  progress: ImportProgress,
): Promise<ImportSummary> {
  const summary: ImportSummary = { read: 0, accrued: 0, replayed: 0, refused: 0, members: 0, points: 0n };
  const run = newId();
  try {
    for await (const batch of postBatches(database, target.partnerId, prepareBatches(database, target, run, lines))) {
      let at = 0;
      for (const { no, purchase } of batch.lines) tally(summary, progress, no, 'refused' in purchase ? purchase : batch.outcomes[at++]);
      summary.members += batch.enrolled;
      progress.advanced(batch.lines.length);
    }
  } finally {
    await transact(database, (tx) => forgetOccurrences(tx, run));
  }
  return summary;
}

function tally(
  summary: ImportSummary,
  progress: ImportProgress,
  no: number,
  outcome: Outcome<Accrued> | { readonly refused: { readonly message: string } } | undefined,
): void {
  summary.read += 1;
  if (outcome === undefined) throw new Error(`line ${no} has no outcome`);
  if ('refused' in outcome) {
    summary.refused += 1;
    progress.refusedLine(no, outcome.refused.message);
  } else if (outcome.done.replayed) {
    summary.replayed += 1;
  } else {
    summary.accrued += 1;
    summary.points += outcome.done.accrual.points;
  }
}
