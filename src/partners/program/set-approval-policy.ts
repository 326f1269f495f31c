import { z } from 'zod';
import { done, type Outcome } from '../../kernel/refusal.ts';
import { checkShape } from '../../platform/check-shape.ts';
import type { Tx } from '../../platform/database.ts';
import type { Moment } from '../change-coalition.ts';
import { points } from '../contracts/clauses/parameters.ts';

const shape = z.object({ fromPoints: points.refine((least) => least > 0n, 'An approval is asked for one point or more.').optional() });

/** Says from how many points on holds wait for their members. Those that stand already stay as they are. */
export async function setApprovalPolicy(tx: Tx, command: object, { coalition }: Pick<Moment, 'coalition'>): Promise<Outcome<string>> {
  const policy = checkShape(shape, command);
  if ('refused' in policy) return policy;
  await tx.rows('update partners.program set approval_from_points = $1', [policy.done.fromPoints ?? null]);
  return done(coalition.program.id);
}
