import type { Db } from '../../platform/database.ts';
import { entryKey, type LedgerEntry } from './ledger-entry.ts';

/** What is read of an entry `e` of an account `a` by a posting `p`. */
export const ENTRY_COLUMNS = `e.account_id as "accountId", e.version, a.kind::text as "accountKind", a.owner, a.unit, a.topic,
       p.code, p.reference, p.partner as "partnerId", p.occurred_at as "occurredAt", p.recorded_at as "recordedAt",
       e.available, coalesce((e.aside).held, 0) as held, coalesce((e.aside).pending, 0) as pending`;

/** Ledger entries by their stored ids, for `load`; undefined where there is none. */
export async function readEntries(db: Db, ids: readonly string[]): Promise<(LedgerEntry | undefined)[]> {
  const keys = ids.map(entryKey);
  const rows = await db.rows<LedgerEntry & { n: bigint }>(
    `select k.n, ${ENTRY_COLUMNS}
     from unnest($1::bigint[], $2::bigint[]) with ordinality as k (account_id, version, n)
     join ledger.entries e on e.account_id = k.account_id and e.version = k.version
     join ledger.accounts a on a.id = e.account_id
     join ledger.postings p on p.id = e.posting_id`,
    [keys.map((key) => key?.accountId ?? null), keys.map((key) => key?.version ?? null)],
  );
  const found: (LedgerEntry | undefined)[] = ids.map(() => undefined);
  for (const { n, ...entry } of rows) found[Number(n) - 1] = entry;
  return found;
}
