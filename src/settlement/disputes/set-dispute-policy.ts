import { z } from 'zod';
import { done, type Outcome } from '../../kernel/refusal.ts';
import { checkShape } from '../../platform/check-shape.ts';
import type { Tx } from '../../platform/database.ts';
import { type Attempt, once } from '../../platform/idempotency.ts';
import { updateDisputePolicy } from './dispute-policy.queries.ts';
import type { DisputePolicy } from './dispute-policy.ts';

const shape = z.object({
  slaDays: z.number().int().min(1, 'Give 1 to 365 days.').max(365, 'Give 1 to 365 days.'),
  autoAccept: z.boolean(),
});

/** Says how long an answer to a dispute may take from now on, and what silence means. Times that run already stay as they are. */
export async function setDisputePolicy(tx: Tx, attempt: Attempt, command: object): Promise<Outcome<DisputePolicy>> {
  const outcome = await once<DisputePolicy>(
    tx,
    attempt,
    async ({ slaDays, autoAccept }) => ({ slaDays: Number(slaDays), autoAccept: autoAccept === true }),
    async () => {
      const policy = checkShape(shape, command);
      if ('refused' in policy) return policy;
      await updateDisputePolicy(tx, policy.done);
      return done({ value: policy.done, record: { ...policy.done } });
    },
  );
  return 'refused' in outcome ? outcome : done(outcome.done.value);
}
