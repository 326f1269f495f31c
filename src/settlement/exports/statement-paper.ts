import type { Coalition } from '../../partners/coalition.ts';
import type { Partner } from '../../partners/partner.ts';
import type { Db } from '../../platform/database.ts';
import type { Cycle } from '../cycles/cycle.ts';
import type { Instruction } from '../payments/instruction.ts';
import { readInstructionsOf } from '../payments/instructions.queries.ts';
import type { Statement, StatementLine } from '../statements/statement.ts';
import { readLinesOf, readStatementsOf } from '../statements/statements.queries.ts';

/** A statement with all that is written on it. */
export interface StatementPaper {
  readonly coalition: Coalition;
  readonly cycle: Cycle;
  readonly statement: Statement;
  readonly partner: Partner;
  readonly lines: readonly StatementLine[];
  /** The payment that settles it; undefined when its net is 0. */
  readonly instruction: Instruction | undefined;
}

/** The statements of a closed cycle by partner code; those of one partner only, when it is named. */
export async function readPapers(db: Db, coalition: Coalition, cycle: Cycle, partnerId?: string): Promise<StatementPaper[]> {
  const [all = []] = await readStatementsOf(db, [cycle.no]);
  const statements = all.filter((statement) => partnerId === undefined || statement.partnerId === partnerId);
  const lines = await readLinesOf(
    db,
    statements.map(({ id }) => id),
  );
  const [instructions = []] = await readInstructionsOf(db, [cycle.no]);
  return statements.map((statement, at) => ({
    ...{ coalition, cycle, statement },
    partner: coalition.partnerById(statement.partnerId),
    lines: lines[at] ?? [],
    instruction: instructions.find(({ statementId }) => statementId === statement.id),
  }));
}
