import type { Outcome } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/database.ts';
import { type Attempt, once } from '../../platform/idempotency.ts';
import type { Claim, ClaimStatus } from './claim.ts';
import { readClaims } from './claims.queries.ts';

/** A claim that was opened or changed, now or before. */
export interface Claimed {
  readonly claim: Claim;
  readonly replayed: boolean;
}

/** Runs one idempotent use case about a claim; a repetition is answered with the status that it led to. */
export async function claimOnce(tx: Tx, attempt: Attempt, work: () => Promise<Outcome<Claim>>): Promise<Outcome<Claimed>> {
  const outcome = await once<Claim>(
    tx,
    attempt,
    async (recorded) => {
      const [claim] = await readClaims(tx, [String(recorded.claim)]);
      if (claim === undefined) throw new Error(`claim ${String(recorded.claim)} was recorded but is not stored`);
      return { ...claim, status: recorded.status as ClaimStatus };
    },
    async () => {
      const changed = await work();
      return 'refused' in changed
        ? changed
        : { done: { value: changed.done, record: { claim: changed.done.id, status: changed.done.status } } };
    },
  );
  return 'refused' in outcome ? outcome : { done: { claim: outcome.done.value, replayed: outcome.done.replayed } };
}
