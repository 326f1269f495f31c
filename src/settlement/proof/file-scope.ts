import type { Coalition } from '../../partners/coalition.ts';
import type { Db } from '../../platform/database.ts';
import type { Cycle } from '../cycles/cycle.ts';
import { readCyclesByNo } from '../cycles/cycles.queries.ts';
import { sourceOf } from '../drill-down/line-source.rules.ts';
import type { Statement, StatementLine } from '../statements/statement.ts';
import { readLinesOf, readStatementsOf } from '../statements/statements.queries.ts';
import { type AccountRoot, readAccountRoots } from './account-roots.queries.ts';
import { cycleLeaves, ownerOf } from './texts.rules.ts';

/** What a file tells: a whole cycle, or one statement of it with everything behind its lines. */
export interface FileScope {
  readonly tells: 'CYCLE' | 'STATEMENT';
  readonly coalition: Coalition;
  readonly cycle: Cycle;
  readonly previous: string | null;
  /** By the codes of their partners. */
  readonly statements: readonly (Statement & { readonly lines: readonly StatementLine[] })[];
  /** Accounts whose entries are told whole. */
  readonly accounts: readonly AccountRoot[];
  /** Lines of which entries are told that are on accounts which are not. */
  readonly partly: readonly StatementLine[];
  /** What the hash of the cycle is the root of. */
  readonly leaves: readonly Buffer[];
}

/** Reads what a file of a closed cycle tells: of all partners, or of the one whose statement it is. */
export async function readFileScope(db: Db, coalition: Coalition, cycle: Cycle, partnerId: string | undefined): Promise<FileScope> {
  const [[before], [found = []], roots] = [
    await readCyclesByNo(db, [cycle.no - 1]),
    await readStatementsOf(db, [cycle.no]),
    await readAccountRoots(db, cycle.no),
  ];
  const codeOf = (statement: Statement) => coalition.partnerById(statement.partnerId).code;
  const all = found.toSorted((a, b) => (codeOf(a) < codeOf(b) ? -1 : 1));
  const told = all.filter((statement) => partnerId === undefined || statement.partnerId === partnerId);
  const lines = await readLinesOf(
    db,
    told.map(({ id }) => id),
  );
  const sources = lines.flat().flatMap((line) => sourceOf(coalition, line) ?? []);
  const isBehind = ({ kind, owner, unit, topic }: AccountRoot) =>
    unit === 0 &&
    sources.some(
      (source) => source.kind === kind && kind !== 'OPERATOR' && source.owner === owner && (kind === 'JOINT' || source.topic === topic),
    );
  const previous = before?.batchHash ?? null;
  const hashes = all.map(({ hash }) => hash);
  return {
    ...{ coalition, cycle, previous, tells: partnerId === undefined ? 'CYCLE' : 'STATEMENT' },
    statements: told.map((statement, at) => ({ ...statement, lines: lines[at] ?? [] })),
    accounts: partnerId === undefined ? roots : roots.filter((account) => ownerOf(account) === partnerId || isBehind(account)),
    partly: partnerId === undefined ? [] : lines.flat().filter(({ type }) => type === 'BREAKAGE'),
    leaves: cycleLeaves(coalition, cycle, previous, hashes, roots),
  };
}
