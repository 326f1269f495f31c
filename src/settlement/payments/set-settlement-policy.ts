import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import type { Moment } from '../../partners/change-coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { updatePolicy } from './settlement-policy.queries.ts';

const MAX_DAYS = 3_650;

/** Says when what is not paid becomes a default, from now on. What is a default already stays one. */
export async function setSettlementPolicy(
  tx: Tx,
  { defaultAfterDays }: { readonly defaultAfterDays: number },
  { coalition }: Pick<Moment, 'coalition'>,
): Promise<Outcome<string>> {
  if (defaultAfterDays < 1 || defaultAfterDays > MAX_DAYS)
    return invalid('defaultAfterDays', `A default comes after 1 to ${MAX_DAYS} days.`);
  await updatePolicy(tx, defaultAfterDays);
  return done(coalition.program.id);
}
