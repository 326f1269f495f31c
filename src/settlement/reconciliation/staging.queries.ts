import type { Tx } from '../../platform/database.ts';

const ROW = 'no integer not null, kind text not null, key text not null, occurred_at timestamptz not null, day date not null';

/**
 * Tables of this transaction alone, with the rows that no rule has claimed yet. A claim moves a row to where it stays, so every row is
 * written there once, with what it came to.
 */
export async function openStaging(tx: Tx): Promise<void> {
  // What was just written has few statistics: joins by hash are right for few rows and for many.
  await tx.rows("select set_config('enable_nestloop', 'off', true), set_config('work_mem', '64MB', true)");
  await tx.rows(
    `create temp table rows_read (${ROW}, member text, member_id uuid, currency_no smallint, amount bigint not null) on commit drop`,
  );
  await tx.rows(`create temp table their_left (${ROW}, member_id uuid, currency_no smallint, amount bigint not null) on commit drop`);
  await tx.rows(
    `create temp table our_left (${ROW}, member_id uuid, currency_no smallint, amount bigint not null, source text not null) on commit drop`,
  );
}

/** Tells how many rows there are, so that they are joined the right way. */
export async function analyzeStaging(tx: Tx): Promise<void> {
  await tx.rows('analyze their_left');
  await tx.rows('analyze our_left');
}
