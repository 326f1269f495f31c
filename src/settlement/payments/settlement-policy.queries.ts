import type { Db, Tx } from '../../platform/database.ts';

/** Days after the due date on which an unpaid payment becomes a default. */
export async function readDefaultAfterDays(db: Db): Promise<number> {
  const [row] = await db.rows<{ days: number }>('select default_after_days as days from settlement.policy');
  if (row === undefined) throw new Error('settlement.policy has no row');
  return row.days;
}

export async function updatePolicy(tx: Tx, defaultAfterDays: number): Promise<void> {
  await tx.rows('update settlement.policy set default_after_days = $1', [defaultAfterDays]);
}
