import { coalitionNow } from '../../partners/coalition.ts';
import { type Database, transact } from '../../platform/database.ts';

/** A partner that should buy points of a currency again. */
export interface LowBlocks {
  readonly partner: string;
  readonly currency: string;
  readonly remaining: number;
  readonly alertPoints: number;
}

/** Blocks that have come down to their alert level, once for each purchase that set one, whichever process looks first. */
export async function noteLowBlocks(database: Database): Promise<LowBlocks[]> {
  return transact(database, async (tx) => {
    const { coalition, now } = await coalitionNow(tx);
    const rows = await tx.rows<{ partner_id: string; currency_no: number; remaining: bigint; alert_points: bigint }>(
      `with levels as (
         select distinct on (partner_id, currency_no) id, partner_id, currency_no, alert_points, alerted_at
         from exchange.point_blocks where alert_points is not null
         order by partner_id, currency_no, purchased_at desc, id desc
       ), low as (
         select l.id, s.remaining
         from levels l
         cross join lateral (
           select sum(b.remaining)::bigint as remaining from exchange.point_blocks b
           where b.partner_id = l.partner_id and b.currency_no = l.currency_no
         ) s
         where l.alerted_at is null and s.remaining <= l.alert_points
       ), free as (
         -- A block that is being taken from is looked at the next time: nobody waits for this.
         select b.id from exchange.point_blocks b join low using (id) where b.alerted_at is null for update of b skip locked
       )
       update exchange.point_blocks b set alerted_at = $1
       from low join free using (id) where b.id = low.id
       returning b.partner_id, b.currency_no, low.remaining, b.alert_points`,
      [now.toISOString()],
    );
    return rows.map((row) => ({
      partner: coalition.partnerById(row.partner_id).code,
      currency: coalition.currencyNo(row.currency_no).code,
      remaining: Number(row.remaining),
      alertPoints: Number(row.alert_points),
    }));
  });
}
