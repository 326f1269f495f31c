import { plusDays } from '../../kernel/instant.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';

/** How long a quote that nobody executed is kept, so that it is answered as expired and not as unknown. */
const KEPT_DAYS = 7;

/** Deletes a bounded number of quotes that ended long ago without being executed; answers how many. */
export async function deleteOldQuotes(tx: Tx, asOf: Date, limit: number): Promise<number> {
  const { coalition } = await coalitionNow(tx);
  const deleted = await tx.rows(
    `delete from exchange.quotes where id in (
       select id from exchange.quotes where executed_at is null and expires_at <= $1 order by expires_at limit $2 for update skip locked
     ) returning id`,
    [plusDays(asOf, -KEPT_DAYS, coalition.program.timeZone).toISOString(), limit],
  );
  return deleted.length;
}
