import type { WalletBalance } from '../../ledger/wallets.ts';
import type { Db } from '../../platform/database.ts';

/** A wallet that was used at least once; `currencyNo` is its unit. */
export interface StoredWallet extends WalletBalance {
  readonly currencyNo: number;
}

/** The wallets of each member, without those never used. */
export async function readWallets(db: Db, memberIds: readonly string[]): Promise<StoredWallet[][]> {
  const rows = await db.rows<StoredWallet & { memberId: string }>(
    `select owner as "memberId", unit as "currencyNo", available, held, pending, version
     from ledger.accounts where kind = 'WALLET' and owner = any($1::uuid[])`,
    [memberIds],
  );
  const byMember = Map.groupBy(rows, (row) => row.memberId);
  return memberIds.map((id) => byMember.get(id) ?? []);
}

/** Which points of a wallet are asked for: those that expire after `from`, up to and including `until`. */
export interface ExpiryWindow {
  readonly memberId: string;
  readonly currencyNo: number;
  readonly from: Date;
  readonly until: Date;
}

export interface Expiring {
  readonly points: bigint;
  readonly expiresAt: Date;
}

/** Available points by the instant at which they expire, earliest first. */
export async function readExpiring(db: Db, windows: readonly ExpiryWindow[]): Promise<Expiring[][]> {
  const rows = await db.rows<Expiring & { n: bigint }>(
    `select w.n, l.expires_at as "expiresAt", sum(l.available)::bigint as points
     from unnest($1::uuid[], $2::smallint[], $3::timestamptz[], $4::timestamptz[]) with ordinality as w (owner, unit, since, until, n)
     join ledger.accounts a on a.kind = 'WALLET' and a.owner = w.owner and a.unit = w.unit
     join ledger.lots l on l.account_id = a.id and l.available > 0 and l.expires_at > w.since and l.expires_at <= w.until
     group by w.n, l.expires_at
     order by w.n, l.expires_at`,
    [windows.map((w) => w.memberId), windows.map((w) => w.currencyNo), windows.map((w) => w.from), windows.map((w) => w.until)],
  );
  const byWindow = Map.groupBy(rows, (row) => Number(row.n));
  return windows.map((_, at) => (byWindow.get(at + 1) ?? []).map(({ points, expiresAt }) => ({ points, expiresAt })));
}
