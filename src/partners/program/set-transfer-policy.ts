import { z } from 'zod';
import { done, type Outcome } from '../../kernel/refusal.ts';
import { checkShape } from '../../platform/check-shape.ts';
import type { Tx } from '../../platform/database.ts';
import type { Moment } from '../change-coalition.ts';
import { points } from '../contracts/clauses/parameters.ts';

const shape = z.object({
  allowed: z.boolean(),
  minPoints: points.optional(),
  perMemberDayPoints: points.optional(),
  perMemberYearPoints: points.optional(),
});

/** Says what members may give to one another from now on. What is left out has no limit. */
export async function setTransferPolicy(tx: Tx, command: object, { coalition }: Pick<Moment, 'coalition'>): Promise<Outcome<string>> {
  const policy = checkShape(shape, command);
  if ('refused' in policy) return policy;
  const { allowed, minPoints, perMemberDayPoints, perMemberYearPoints } = policy.done;
  await tx.rows(
    'update partners.program set transfers_allowed = $1, transfer_min_points = $2, transfer_day_points = $3, transfer_year_points = $4',
    [allowed, minPoints ?? null, perMemberDayPoints ?? null, perMemberYearPoints ?? null],
  );
  return done(coalition.program.id);
}
