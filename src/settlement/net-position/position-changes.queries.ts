import { isOfPostings } from '../../ledger/entries-of-posting.ts';
import type { Db } from '../../platform/database.ts';

/** Accounts whose changes change net positions: those of partners, and those that joint promotions share out among their funders. */
export interface MovedAccount {
  readonly kind: 'PARTNER' | 'JOINT';
  readonly owner: string;
}

/** The money accounts that postings moved. */
export function readMovedAccounts(db: Db, postingIds: readonly bigint[]): Promise<MovedAccount[]> {
  return db.rows<MovedAccount>(
    `select distinct a.kind, a.owner from ledger.entries e
     join ledger.accounts a on a.id = e.account_id and a.kind in ('PARTNER', 'JOINT') and a.unit = 0
     where ${isOfPostings('e', '$1::bigint[]')}`,
    [postingIds],
  );
}

/** For each partner a number that grows with every change of its own money or of a joint promotion's. */
export async function readPositionVersions(db: Db, partnerIds: readonly string[]): Promise<bigint[]> {
  const rows = await db.rows<{ owner: string; version: bigint }>(
    `select p.id as owner, (coalesce(sum(a.version), 0)
       + (select coalesce(sum(j.version), 0) from ledger.accounts j where j.kind = 'JOINT' and j.unit = 0))::bigint as version
     from unnest($1::uuid[]) as p (id)
     left join ledger.accounts a on a.kind = 'PARTNER' and a.owner = p.id and a.unit = 0
     group by p.id`,
    [partnerIds],
  );
  const byPartner = new Map(rows.map(({ owner, version }) => [owner, version]));
  return partnerIds.map((id) => byPartner.get(id) ?? 0n);
}
