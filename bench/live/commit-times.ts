// When the database says that each change of a wallet was committed: asked afterwards, so that it costs the run nothing.

import type { Database } from '../../src/platform/database.ts';
import type { House } from './house.ts';

/** Names one change of one wallet. */
export const changeKey = (memberUuid: string, currency: string, version: string | bigint): string => `${memberUuid} ${currency} ${version}`;

interface Row {
  readonly owner: string;
  readonly unit: number;
  readonly version: bigint;
  readonly ms: number;
}

/** Milliseconds of the wall clock at which the commit was written, before it was safe on the disk; by the key of the change. */
export async function commitTimes({ currencies }: House, db: Database): Promise<ReadonlyMap<string, number>> {
  const rows = await db.rows<Row>(
    `select a.owner, a.unit, e.version, (extract(epoch from pg_xact_commit_timestamp(p.xid::text::xid8::xid)) * 1000)::float8 as ms
     from ledger.entries e
     join ledger.postings p on p.id = e.posting_id
     join ledger.accounts a on a.id = e.account_id
     where a.kind = 'WALLET'`,
  );
  return new Map(rows.map(({ owner, unit, version, ms }) => [changeKey(owner, currencies.get(unit) ?? '', version), ms]));
}
