import type { Db, Tx } from '../../platform/database.ts';
import type { Claim } from './claim.ts';

/** That a claim was not decided by the time that it was due. */
export interface ClaimBreach {
  readonly claimId: string;
  /** When its time ran out. */
  readonly dueAt: Date;
}

/** What claims waited for too long, in order, for `load`: once after it was opened, and once after it was escalated. */
export async function readBreachesOf(db: Db, claimIds: readonly string[]): Promise<ClaimBreach[][]> {
  const rows = await db.rows<ClaimBreach>(
    'select claim_id as "claimId", due_at as "dueAt" from exchange.claim_breaches where claim_id = any($1::uuid[]) order by due_at',
    [claimIds],
  );
  const byClaim = Map.groupBy(rows, ({ claimId }) => claimId);
  return claimIds.map((id) => byClaim.get(id) ?? []);
}

/** Notes that a claim is decided only now that its time has run out; what is noted already stays. */
export async function insertBreach(tx: Tx, { id, slaDueAt }: Claim, now: Date): Promise<void> {
  await tx.rows('insert into exchange.claim_breaches (claim_id, due_at, noted_at) values ($1, $2, $3) on conflict do nothing', [
    id,
    slaDueAt.toISOString(),
    now.toISOString(),
  ]);
}
