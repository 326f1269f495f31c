import type { Tx } from '../../platform/database.ts';

/** Whether the book has begun. Nobody posts until the transaction that asks has ended. */
export async function isAnythingPosted(tx: Tx): Promise<boolean> {
  await tx.rows("select pg_advisory_xact_lock(hashtext('ledger.cycle'))");
  const [answer] = await tx.rows<{ posted: boolean }>('select exists (select from ledger.postings) as posted');
  return answer?.posted === true;
}
