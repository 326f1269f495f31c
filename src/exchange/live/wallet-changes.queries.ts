import type { PostingCode } from '../../ledger/posting.ts';
import type { WalletBalance } from '../../ledger/wallets.ts';
import type { Db } from '../../platform/database.ts';

/** One entry of a wallet: the balance after it, and what brought it about. */
export interface WalletChange extends WalletBalance {
  readonly memberId: string;
  readonly currencyNo: number;
  /** The change of available points; of a hold, what it takes. */
  readonly points: bigint;
  readonly code: PostingCode;
  readonly partnerId: string | null;
  readonly occurredAt: Date;
  readonly lotExpiresAt: Date | null;
}

const COLUMNS = `a.owner as "memberId", a.unit as "currencyNo", e.version, e.available_after as available, coalesce(e.held_after, 0) as held,
  coalesce(e.pending_after, 0) as pending, e.available as points, p.code, p.partner as "partnerId", p.occurred_at as "occurredAt", l.expires_at as "lotExpiresAt"`;

const POSTING_AND_LOT = `join ledger.postings p on p.id = e.posting_id
  left join exchange.accruals c on c.id = p.reference and p.code in ('accrual.confirmed', 'accrual.pending_confirmed')
  left join exchange.exchanges x on x.id = p.reference and p.code in ('exchange.completed', 'exchange.redeemed') and x.to_no = a.unit
  left join ledger.lots l on l.id = coalesce(c.lot_id, x.lot_id)`;

/** The changes of one wallet after a version, in their order, at most `limit`. */
export function readChangesAfter(db: Db, memberId: string, currencyNo: number, version: bigint, limit: number): Promise<WalletChange[]> {
  return db.rows<WalletChange>(
    `select ${COLUMNS}
     from ledger.accounts a
     join ledger.entries e on e.account_id = a.id and e.version > $3
     ${POSTING_AND_LOT}
     where a.kind = 'WALLET' and a.owner = $1 and a.unit = $2 and a.topic is null
     order by e.version limit $4`,
    [memberId, currencyNo, version, limit],
  );
}

/** The changes of wallets by these postings, of all members or of some, each wallet's in their order. */
export function readChangesOf(db: Db, postingIds: readonly bigint[], memberIds: readonly string[] | undefined): Promise<WalletChange[]> {
  return db.rows<WalletChange>('select * from exchange.wallet_changes($1, $2)', [postingIds, memberIds ?? null]);
}
