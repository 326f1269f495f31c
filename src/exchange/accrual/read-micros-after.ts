import type { Coalition } from '../../partners/coalition.ts';
import { merged } from '../../platform/batching/merged.ts';
import type { Db } from '../../platform/database.ts';
import { readPositions } from '../exposure/partner-money.queries.ts';
import { type Move, positionsAfter } from './position-after.rules.ts';

interface Moved {
  readonly coalition: Coalition;
  readonly now: Date;
  readonly move: Move;
}

/**
 * A partner's money right after what it moved, in micros. Changes that share a transaction are posted in the order in which they ask this, each
 * answered as if those after it were not; what else was posted with them, such as burns, counts as before all of them.
 */
export const readMicrosAfter = merged('READ', async (db: Db, all: readonly Moved[]): Promise<bigint[]> => {
  const { coalition, now } = all.reduce((latest, one) => (latest.now < one.now ? one : latest));
  const moves = all.map(({ move }) => move);
  return positionsAfter(moves, await readPositions(db, coalition, [...new Set(moves.map(({ partnerId }) => partnerId))], now));
});
