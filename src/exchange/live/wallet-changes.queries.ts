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

/** The changes of one wallet after a version, in their order, at most `limit`. */
export function readChangesAfter(db: Db, memberId: string, currencyNo: number, version: bigint, limit: number): Promise<WalletChange[]> {
  return db.rows<WalletChange>(
    `select c.* from exchange.wallet_changes(
       array(
         select e.posting_id from ledger.accounts a join ledger.entries e on e.account_id = a.id and e.version > $3
         where a.kind = 'WALLET' and a.owner = $1 and a.unit = $2 and a.topic is null
         order by e.version limit $4
       ),
       array[$1::uuid]
     ) c
     where c."currencyNo" = $2`,
    [memberId, currencyNo, version, limit],
  );
}

/** The changes of wallets by these postings, of all members or of some, each wallet's in their order. */
export function readChangesOf(db: Db, postingIds: readonly bigint[], memberIds: readonly string[] | undefined): Promise<WalletChange[]> {
  return db.rows<WalletChange>('select * from exchange.wallet_changes($1, $2)', [postingIds, memberIds ?? null]);
}
