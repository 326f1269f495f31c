import { actsForPartner } from '../../kernel/viewer.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden } from '../../platform/graphql/rights.ts';
import { type StatementType, toStatement } from './statement.types.ts';
import { readStatements } from './statements.queries.ts';

/** A statement by its stored id: for its partner and the operator. */
export async function statementNode(context: Context, id: string): Promise<StatementType | undefined> {
  const statement = await context.load(readStatements, id);
  if (statement === undefined) return undefined;
  if (!actsForPartner(context.viewer, statement.partnerId)) throw forbidden();
  return toStatement(await loadCoalition(context), statement);
}
