import type { Coalition } from '../../partners/coalition.ts';
import type { Clause } from '../../partners/contracts/clause.ts';
import type { Contract } from '../../partners/contracts/contract.rules.ts';
import { beginsOf } from '../../partners/contracts/spells.rules.ts';
import type { Db } from '../../platform/database.ts';
import { type Cycle, speakingAt } from '../cycles/cycle.ts';
import type { CycleLine } from '../lines/cycle-line.ts';
import { draftLines } from '../lines/draft-lines.rules.ts';
import { readCycleFacts } from '../lines/read-facts.ts';
import { type Cuts, readBurnedPoints, readIssuedPoints } from './priced-points.queries.ts';
import { repriced } from './reprice.rules.ts';
import { coalitionWith } from './simulated-coalition.rules.ts';
import { readExchangedPoints, readSpentPoints } from './spent-points.queries.ts';

/**
 * The lines of a cycle as they would be if clauses had been in force in a contract while all of it lasted. What members and partners did is
 * what it was: nothing is refused or allowed afterwards. Writes nothing.
 */
export async function simulateContract(
  db: Db,
  coalition: Coalition,
  contract: Contract,
  clauses: readonly Clause[],
  cycle: Cycle,
  now: Date,
): Promise<CycleLine[]> {
  const at = speakingAt(cycle, now);
  const simulated = coalitionWith(coalition, contract, clauses, cycle.startsAt);
  const cuts = stretchesOf(coalition, cycle, at);
  const { partnerId } = contract;
  const [facts, issued, burned, spent, exchanged] = await Promise.all([
    readCycleFacts(db, simulated, cycle, at),
    readIssuedPoints(db, cycle, cuts, partnerId),
    readBurnedPoints(db, cycle, cuts, partnerId),
    readSpentPoints(db, cycle, cuts, partnerId),
    readExchangedPoints(db, cycle, cuts),
  ]);
  return draftLines(
    repriced(facts, partnerId, { issued, burned, spent, exchanged }, { actual: coalition, simulated, cuts }),
    simulated,
    at,
  );
}

/** Where a cycle is cut: at its first instant, and wherever what contracts say may have changed since. */
function stretchesOf({ contracts }: Coalition, { startsAt }: Cycle, at: Date): Cuts {
  const begins = beginsOf(contracts).filter((begin) => begin > startsAt && begin <= at);
  return [...new Set([startsAt, ...begins].map((begin) => begin.getTime()))].sort((a, b) => a - b).map((time) => new Date(time));
}
