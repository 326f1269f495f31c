import type { Coalition } from '../../partners/coalition.ts';
import type { Db } from '../../platform/database.ts';
import type { Cycle } from '../cycles/cycle.ts';
import { readCyclesByNo } from '../cycles/cycles.queries.ts';
import { readLinesOf, readStatementsOf } from '../statements/statements.queries.ts';
import type { AccountRoot } from './account-roots.queries.ts';
import { cycleLeaves, hashOver, statementLeaves } from './texts.rules.ts';

/** The hashes of a closed cycle and its statements, by the codes of their partners. */
export interface CycleHashes {
  readonly batchHash: string;
  readonly statements: readonly { readonly code: string; readonly hash: string; readonly kept: string }[];
}

/** Hashes a closed cycle again from its lines and the roots of its accounts. */
export async function recomputeHashes(db: Db, coalition: Coalition, cycle: Cycle, roots: readonly AccountRoot[]): Promise<CycleHashes> {
  const [statements = []] = await readStatementsOf(db, [cycle.no]);
  const lines = await readLinesOf(
    db,
    statements.map(({ id }) => id),
  );
  const hashed = statements
    .map((statement, at) => ({
      code: coalition.partnerById(statement.partnerId).code,
      hash: hashOver(statementLeaves(coalition, statement, lines[at] ?? [], roots)),
      kept: statement.hash,
    }))
    .toSorted((a, b) => (a.code < b.code ? -1 : 1));
  const [before] = await readCyclesByNo(db, [cycle.no - 1]);
  const hashes = hashed.map(({ hash }) => hash);
  return { statements: hashed, batchHash: hashOver(cycleLeaves(coalition, cycle, before?.batchHash ?? null, hashes, roots)) };
}
