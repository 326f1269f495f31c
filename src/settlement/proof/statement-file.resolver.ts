import { Arg, Ctx, ID, Int, Query, Resolver } from 'type-graphql';
import { decodeCursor, encodeCursor } from '../../kernel/cursor.ts';
import { NO_ID, parseIdOf } from '../../kernel/ids.ts';
import { actsForPartner } from '../../kernel/viewer.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import { badInput } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden } from '../../platform/graphql/rights.ts';
import { readCyclesByNo } from '../cycles/cycles.queries.ts';
import { readStatements } from '../statements/statements.queries.ts';
import { readFileScope } from './file-scope.ts';
import { BEFORE_ALL, type FilePlace, readFileRows } from './statement-file.ts';
import { StatementFilePageType } from './statement-file.types.ts';

const MOST_ROWS = 5_000;
const NUMBER = /^\d{1,18}$/;

function placeOf(after: string | undefined | null): FilePlace {
  if (after === undefined || after === null) return BEFORE_ALL;
  const key = decodeCursor(after);
  const [section, at, version] = key ?? [];
  if (key?.length !== 3 || !key.every((part) => NUMBER.test(String(part)))) throw badInput('`after` is not from this file.');
  return [Number(section), Number(at), BigInt(version ?? 0)];
}

@Resolver()
export class StatementFileResolver {
  @Query(() => StatementFilePageType, {
    description: 'PARTNER (own), OPERATOR: the file by which `pointsettia-verify` recomputes a statement, piece by piece.',
  })
  async statementFile(
    @Ctx() context: Context,
    @Arg('statementId', () => ID, { description: 'Id of the statement.' }) statementId: string,
    @Arg('first', () => Int, { nullable: true, description: `How many lines: 1,000 unless given, at most ${MOST_ROWS}.` }) first?: number,
    @Arg('after', () => String, { nullable: true, description: '`next` of the piece before.' }) after?: string,
  ): Promise<StatementFilePageType> {
    const size = first ?? 1_000;
    if (size < 1 || size > MOST_ROWS) throw badInput(`\`first\` must be between 1 and ${MOST_ROWS}.`);
    const place = placeOf(after);
    const [coalition, statement] = await Promise.all([
      loadCoalition(context),
      context.load(readStatements, parseIdOf('Statement', statementId) ?? NO_ID),
    ]);
    if (statement === undefined || !actsForPartner(context.viewer, statement.partnerId)) throw forbidden();
    const cycle = await context.load(readCyclesByNo, statement.cycleNo);
    if (cycle === undefined) throw new Error(`there is no cycle ${statement.cycleNo}`);
    const scope = await readFileScope(context.db, coalition, cycle, statement.partnerId);
    const rows = await readFileRows(context.db, scope, place, size);
    const last = rows.length < size ? undefined : rows.at(-1)?.place;
    return { rows: rows.map(({ text }) => text), next: last && encodeCursor(last.map(String)) };
  }
}
