import type { Outcome } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/database.ts';
import { type Attempt, once, type Recorded } from '../../platform/idempotency.ts';
import type { Dispute, DisputeStatus } from './dispute.ts';
import { readDisputes } from './disputes.queries.ts';

/** What can change of a dispute, as it is kept under the key of the step that led to it. */
function recordOf(dispute: Dispute): Recorded {
  const { id, status, stage, acceptedMinor, adjustmentId, dueAt, escalableUntil, resolvedAt } = dispute;
  return { id, status, stage, acceptedMinor: acceptedMinor?.toString() ?? null, adjustmentId, dueAt, escalableUntil, resolvedAt };
}

const instantOf = (kept: unknown): Date | null => (typeof kept === 'string' ? new Date(kept) : null);

/** Runs one idempotent use case about a dispute; a repetition is answered with what the dispute became then. */
export async function disputeOnce(tx: Tx, attempt: Attempt, work: () => Promise<Outcome<Dispute>>): Promise<Outcome<Dispute>> {
  const outcome = await once<Dispute>(
    tx,
    attempt,
    async (recorded) => {
      const [dispute] = await readDisputes(tx, [String(recorded.id)]);
      if (dispute === undefined) throw new Error(`dispute ${String(recorded.id)} was recorded but is not stored`);
      return {
        ...dispute,
        status: recorded.status as DisputeStatus,
        stage: Number(recorded.stage),
        acceptedMinor: recorded.acceptedMinor === null ? null : BigInt(String(recorded.acceptedMinor)),
        adjustmentId: recorded.adjustmentId as string | null,
        dueAt: instantOf(recorded.dueAt),
        escalableUntil: instantOf(recorded.escalableUntil),
        resolvedAt: instantOf(recorded.resolvedAt),
      };
    },
    async () => {
      const changed = await work();
      return 'refused' in changed ? changed : { done: { value: changed.done, record: recordOf(changed.done) } };
    },
  );
  return 'refused' in outcome ? outcome : { done: outcome.done.value };
}
