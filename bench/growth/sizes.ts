// How many bytes of table and index a row of the book takes, relation by relation.

import type { Client } from 'pg';
import { rounded } from '../figures.ts';

/** Bytes a posting by relation, indexes by their own names, in the tables that an accrual writes; what takes less than a byte is left out. */
export async function bytesOf(owner: Client, postings: number): Promise<Record<string, number>> {
  const { rows } = await owner.query<{ name: string; bytes: string }>(
    `select coalesce(t.relname || ': ' || i.relname, t.relname) as name, pg_table_size(coalesce(i.oid, t.oid)) as bytes
     from (values ('ledger.postings'::regclass), ('ledger.entries'), ('ledger.lots'), ('ledger.accounts'), ('exchange.accruals'), ('platform.idempotency_keys')) as r (id)
     join pg_class t on t.oid = r.id
     left join (select indrelid, indexrelid from pg_index union all select null, null) as x on x.indrelid = t.oid or x.indrelid is null
     left join pg_class i on i.oid = x.indexrelid
     order by 1`,
  );
  return Object.fromEntries(
    rows.map(({ name, bytes }) => [name, rounded(Number(bytes) / postings, 1)] as const).filter(([, bytes]) => bytes >= 1),
  );
}
