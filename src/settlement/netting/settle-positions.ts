import type { Coalition } from '../../partners/coalition.ts';
import type { ClauseOf } from '../../partners/contracts/clause.ts';
import type { Tx } from '../../platform/database.ts';
import type { CycleLine } from '../lines/cycle-line.ts';
import { insertInstructions } from '../payments/instructions.queries.ts';
import type { Statement } from '../statements/statement.ts';
import { drawInstructions } from './draw-instructions.rules.ts';
import { fund } from './funding.rules.ts';
import { readFundingLimits } from './funding-limits.queries.ts';
import { pairsAt } from './netting-pair.ts';
import { readNettingPairs } from './netting-pairs.queries.ts';
import { obligationsOf } from './obligations.rules.ts';

/** Draws the payments of a cycle whose lines and statements are frozen: within the limits of today, by the pairs at the end of the cycle. */
export async function settlePositions(
  tx: Tx,
  coalition: Coalition,
  lines: readonly CycleLine[],
  statements: readonly Statement[],
  at: Date,
  termsOf: (partnerId: string) => ClauseOf<'paymentTerms'> | undefined,
): Promise<void> {
  const [first] = statements;
  if (first === undefined) return;
  const partners = statements.map(({ id, partnerId }) => ({
    partnerId,
    code: coalition.partnerById(partnerId).code,
    statementId: id,
    terms: termsOf(partnerId),
  }));
  const ids = partners.map(({ partnerId }) => partnerId);
  const [pairs = [], limits] = [(await readNettingPairs(tx, ['all']))[0], await readFundingLimits(tx, ids)];
  const limited = new Map(
    partners.flatMap(({ code }, n) => {
      const limit = limits[n];
      return limit === undefined ? [] : [[code, limit] as const];
    }),
  );
  const funded = fund(obligationsOf(lines), limited);
  await insertInstructions(tx, drawInstructions(first.cycleNo, funded, pairsAt(pairs, at, coalition), partners));
}
