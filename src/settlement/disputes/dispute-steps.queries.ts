import type { Db, Tx } from '../../platform/database.ts';
import type { Dispute, DisputeActor, DisputeStep, DisputeWords } from './dispute.ts';

/** The steps of disputes in their order, for `load`. */
export async function readStepsOf(db: Db, disputeIds: readonly string[]): Promise<DisputeStep[][]> {
  const rows = await db.rows<DisputeStep>(
    `select dispute_id as "disputeId", no, status, stage, actor, note, entry_ids as "entryIds", accepted_minor as "acceptedMinor", at
     from settlement.dispute_steps where dispute_id = any($1::uuid[]) order by no`,
    [disputeIds],
  );
  const byDispute = Map.groupBy(rows, ({ disputeId }) => disputeId);
  return disputeIds.map((id) => byDispute.get(id) ?? []);
}

/** Adds a step that has led to what a dispute is now. */
export async function insertStep(
  tx: Tx,
  { id, status, stage, acceptedMinor }: Dispute,
  actor: DisputeActor,
  { note, entryIds }: DisputeWords,
  at: Date,
): Promise<void> {
  await tx.rows(
    `insert into settlement.dispute_steps (dispute_id, no, status, stage, actor, note, entry_ids, accepted_minor, at)
     select $1, (select coalesce(max(no), 0) + 1 from settlement.dispute_steps where dispute_id = $1), $2, $3, $4, $5, $6::uuid[], $7, $8`,
    [id, status, stage, actor, note, entryIds, acceptedMinor, at.toISOString()],
  );
}
