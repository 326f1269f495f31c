import { parseIdOf } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/database.ts';
import type { FileLine } from './read-row.rules.ts';

const BLOCK = 5_000;

/** How many rows of a file were read, and how many of them are bad. */
export interface Loaded {
  readonly rowsRead: number;
  readonly badRows: number;
}

/** Reads the rows of a file in; bad ones are kept with the reason. */
export async function loadTheirRows(tx: Tx, runId: string, partnerId: string, blocks: AsyncIterable<readonly FileLine[]>): Promise<Loaded> {
  let [rowsRead, badRows] = [0, 0];
  for await (const lines of inBlocks(blocks)) {
    rowsRead += lines.length;
    badRows += await insertBadRows(tx, runId, lines);
    await insertRows(tx, lines);
  }
  await nameMembers(tx, partnerId);
  return { rowsRead, badRows };
}

async function* inBlocks(blocks: AsyncIterable<readonly FileLine[]>): AsyncGenerator<readonly FileLine[]> {
  let waiting: FileLine[] = [];
  for await (const lines of blocks) {
    waiting = waiting.concat(lines);
    while (waiting.length >= BLOCK) yield waiting.splice(0, BLOCK);
  }
  if (waiting.length > 0) yield waiting;
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

async function insertRows(tx: Tx, lines: readonly FileLine[]): Promise<void> {
  const rows = lines.flatMap(({ no, row }) => ('done' in row ? [{ no, ...row.done }] : []));
  if (rows.length === 0) return;
  await tx.rows(
    `insert into rows_read (no, kind, key, occurred_at, day, member, member_id, currency_no, amount)
     select * from unnest($1::integer[], $2::text[], $3::text[], $4::timestamptz[], $5::date[], $6::text[], $7::uuid[], $8::smallint[], $9::bigint[])`,
    [
      rows.map(({ no }) => no),
      rows.map(({ kind }) => kind),
      rows.map(({ key }) => key),
      rows.map(({ occurredAt }) => occurredAt),
      rows.map(({ day }) => day),
      rows.map(({ member }) => member ?? null),
      rows.map(({ member }) => (member === undefined ? null : (parseIdOf('Member', member) ?? null))),
      rows.map(({ currencyNo }) => currencyNo ?? null),
      rows.map(({ amount }) => amount),
    ],
  );
}

/** A row names its member by our id, the number of a card, or the partner's own name. */
async function nameMembers(tx: Tx, partnerId: string): Promise<void> {
  await tx.rows(
    `insert into their_left (no, kind, key, occurred_at, day, member_id, currency_no, amount)
     select r.no, r.kind, r.key, r.occurred_at, r.day, coalesce(i.id, c.id, x.member_id), r.currency_no, r.amount
     from rows_read r
     left join members.members i on i.id = r.member_id
     left join members.members c on c.card_number = r.member
     left join members.external_ids x on x.partner_id = $1 and x.external_id = r.member`,
    [partnerId],
  );
}
