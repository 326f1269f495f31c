import { parseIdOf } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/database.ts';
import type { FileLine } from './read-row.rules.ts';

const BLOCK = 5_000;

/** How many rows of a file were read, and how many of them are bad. */
export interface Loaded {
  readonly rowsRead: number;
  readonly badRows: number;
}

/** Keeps the rows of a file, as they are read; bad ones with the reason. */
export async function loadTheirRows(tx: Tx, runId: string, partnerId: string, blocks: AsyncIterable<readonly FileLine[]>): Promise<Loaded> {
  let [rowsRead, badRows] = [0, 0];
  for await (const lines of blocks) {
    for (let at = 0; at < lines.length; at += BLOCK) {
      const some = lines.slice(at, at + BLOCK);
      rowsRead += some.length;
      badRows += await insertBadRows(tx, runId, some);
      await insertRows(tx, runId, partnerId, some);
    }
  }
  return { rowsRead, badRows };
}

async function insertBadRows(tx: Tx, runId: string, lines: readonly FileLine[]): Promise<number> {
  const bad = lines.flatMap(({ no, row }) => ('refused' in row ? [{ no, reason: row.refused.message }] : []));
  if (bad.length > 0)
    await tx.rows('insert into settlement.bad_rows (run_id, no, reason) select $1, * from unnest($2::integer[], $3::text[])', [
      runId,
      bad.map(({ no }) => no),
      bad.map(({ reason }) => reason),
    ]);
  return bad.length;
}

/** A row names its member by our id, the number of a card, or the partner's own name. */
async function insertRows(tx: Tx, runId: string, partnerId: string, lines: readonly FileLine[]): Promise<void> {
  const rows = lines.flatMap(({ no, row }) => ('done' in row ? [{ no, ...row.done }] : []));
  if (rows.length === 0) return;
  await tx.rows(
    `insert into settlement.their_rows (run_id, no, kind, key, occurred_at, day, member_id, currency_no, amount)
     select $1, r.no, r.kind, r.key, r.occurred_at, r.day, coalesce(i.id, c.id, x.member_id), r.currency_no, r.amount
     from unnest($3::integer[], $4::text[], $5::text[], $6::timestamptz[], $7::date[], $8::text[], $9::uuid[], $10::smallint[], $11::bigint[])
       as r (no, kind, key, occurred_at, day, member, member_id, currency_no, amount)
     left join members.members i on i.id = r.member_id
     left join members.members c on c.card_number = r.member
     left join members.external_ids x on x.partner_id = $2 and x.external_id = r.member`,
    [
      runId,
      partnerId,
      rows.map(({ no }) => no),
      rows.map(({ kind }) => kind),
      rows.map(({ key }) => key),
      rows.map(({ occurredAt }) => occurredAt.toISOString()),
      rows.map(({ day }) => day),
      rows.map(({ member }) => member ?? null),
      rows.map(({ member }) => (member === undefined ? null : (parseIdOf('Member', member) ?? null))),
      rows.map(({ currencyNo }) => currencyNo ?? null),
      rows.map(({ amount }) => amount),
    ],
  );
}
