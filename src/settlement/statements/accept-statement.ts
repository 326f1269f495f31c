import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { type Attempt, once } from '../../platform/idempotency.ts';
import type { Statement } from './statement.ts';
import { lockStatement, readStatements } from './statements.queries.ts';

/** ISSUED to ACCEPTED: the partner agrees with its statement, and cannot dispute it any more. */
export async function acceptStatement(tx: Tx, attempt: Attempt, statementId: string, partnerId: string): Promise<Outcome<Statement>> {
  const again = async () => {
    const [statement] = await readStatements(tx, [statementId]);
    if (statement === undefined) throw new Error('a recorded statement is not stored');
    return statement;
  };
  const outcome = await once<Statement>(tx, attempt, again, async () => {
    const statement = await lockStatement(tx, statementId);
    if (statement === undefined || statement.partnerId !== partnerId)
      return refused('FORBIDDEN', 'This is not a statement of yours.', { field: ['statementId'] });
    const value: Statement = { ...statement, status: 'ACCEPTED' };
    if (statement.status === 'ACCEPTED' || statement.status === 'FINAL') return done({ value: statement, record: {} });
    if (statement.status !== 'ISSUED')
      return refused('VALIDATION', `The statement is ${statement.status}: only one that was issued and is not disputed is accepted.`, {
        field: ['statementId'],
        details: { status: statement.status },
      });
    const { now } = await coalitionNow(tx);
    await tx.rows("update settlement.statements set status = 'ACCEPTED', accepted_at = $2 where id = $1", [statementId, now.toISOString()]);
    return done({ value: { ...value, acceptedAt: now }, record: {} });
  });
  return 'refused' in outcome ? outcome : done(outcome.done.value);
}
