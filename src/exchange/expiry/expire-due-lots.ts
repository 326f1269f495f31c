import { type Database, transact } from '../../platform/database.ts';
import { isDatabaseAway } from '../../platform/database-faults.ts';
import { expireLots, findDueWallets } from './expire-lots.ts';

/**
 * Expires all lots whose time has passed, `round` of them at most in one transaction; answers how many, and why which wallets were left. A
 * wallet that cannot be expired keeps no other from it: where a round fails, its wallets are tried one by one.
 */
export async function expireDueLots(database: Database, asOf: Date, round: number): Promise<{ affected: number; left: readonly Error[] }> {
  const left = new Map<bigint, Error>();
  let affected = 0;
  // When so many fail, it is hardly the wallets.
  while (left.size < round) {
    const due = await findDueWallets(database, asOf, round, [...left.keys()]);
    if (due.length === 0) break;
    try {
      affected += await transact(database, (tx) => expireLots(tx, asOf, due));
    } catch (fault) {
      if (isDatabaseAway(fault)) throw fault;
      for (const wallet of due) {
        try {
          affected += await transact(database, (tx) => expireLots(tx, asOf, [wallet]));
        } catch (cause) {
          if (isDatabaseAway(cause)) throw cause;
          const { memberId, unit, accountId } = wallet;
          left.set(accountId, new Error(`Points of member ${memberId} in point currency ${unit} could not be expired.`, { cause }));
        }
      }
    }
  }
  return { affected, left: [...left.values()] };
}
