import { type Database, transact } from '../../platform/database.ts';
import { readOpenCycle } from '../cycles/cycles.queries.ts';
import type { Movement } from './cycle-facts.ts';
import { MOVEMENTS, type MovementKind, readNewMovements } from './movements.queries.ts';
import { keepProgress, readProgress } from './progress.queries.ts';
import { readFrom } from './remembered-sums.ts';

const ROLLED: readonly MovementKind[] = ['PARTNER', 'OPERATOR', 'JOINT', 'SPREAD', 'ISSUANCE', 'REDEEMED'];

/**
 * Reads on in the open cycle and keeps the sums, so that closing it reads only what came since. Several processes take turns; nothing is read
 * that was recorded at the planned cutoff or later. Answers how many accounts went on.
 */
export function rollUp(database: Database): Promise<number> {
  return transact(database, async (tx) => {
    const [turn] = await tx.rows<{ mine: boolean }>("select pg_try_advisory_xact_lock(hashtext('settlement.roll-up')) as mine");
    if (turn?.mine !== true) return 0;
    const [cycle] = await readOpenCycle(tx, ['open']);
    if (cycle === undefined) return 0;
    const [clock] = await tx.rows<{ before: Date }>("select least(date_trunc('milliseconds', platform.now()), $1::timestamptz) as before", [
      cycle.cutoff.toISOString(),
    ]);
    const before = clock?.before ?? cycle.startsAt;
    const kept = await readProgress<Movement>(tx, MOVEMENTS.name, cycle);
    const { progress } = await readFrom(MOVEMENTS, cycle, kept, (known) => readNewMovements(tx, ROLLED, known), before);
    const news = new Map([...progress].filter(([id, { version }]) => kept.get(id)?.version !== version));
    if (news.size > 0) await keepProgress(tx, MOVEMENTS.name, news, before);
    return news.size;
  });
}
