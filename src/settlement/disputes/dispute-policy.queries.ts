import type { Db, Tx } from '../../platform/database.ts';
import type { DisputePolicy } from './dispute-policy.ts';

/** The one policy of the program. */
export async function readDisputePolicy(db: Db): Promise<DisputePolicy> {
  const [policy] = await db.rows<DisputePolicy>('select sla_days as "slaDays", auto_accept as "autoAccept" from settlement.dispute_policy');
  if (policy === undefined) throw new Error('there is no dispute policy');
  return policy;
}

export async function updateDisputePolicy(tx: Tx, { slaDays, autoAccept }: DisputePolicy): Promise<void> {
  await tx.rows('update settlement.dispute_policy set sla_days = $1, auto_accept = $2', [slaDays, autoAccept]);
}
