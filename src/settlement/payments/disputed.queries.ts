import type { Db } from '../../platform/database.ts';

/** What of statements is disputed and therefore not to be paid yet, in minor units of what their partners pay: nothing can be disputed yet. */
export async function readDisputedMinor(_db: Db, statementIds: readonly string[]): Promise<bigint[]> {
  return statementIds.map(() => 0n);
}
