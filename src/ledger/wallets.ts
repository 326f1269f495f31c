import { mergedLists } from '../platform/batching/merged.ts';
import type { Db, Tx } from '../platform/database.ts';
import { accountKey, wallet } from './account.ts';
import type { Account, Posting } from './posting.ts';

/** Balances of one wallet. `version` grows by exactly 1 with every change. */
export interface WalletBalance {
  readonly available: bigint;
  readonly held: bigint;
  readonly pending: bigint;
  readonly version: bigint;
}

/** A wallet that this transaction holds the lock of, as it was when locked. */
export interface Wallet extends WalletBalance {
  readonly account: Account;
  readonly accountId: bigint;
}

/** A row of `ledger.lock_wallets`. */
export interface WalletRow extends WalletBalance {
  readonly account_id: bigint;
  readonly owner: string;
  readonly unit: number;
}

export const toWallet = ({ account_id, owner, unit, available, held, pending, version }: WalletRow): Wallet => ({
  account: wallet(owner, unit),
  accountId: account_id,
  available,
  held,
  pending,
  version,
});

interface WantedWallet {
  readonly memberId: string;
  readonly unit: number;
}

/** Locks wallets until the transaction ends, opening those that do not exist yet. Take all that a transaction needs in one call: that keeps the order of locks. */
export async function lockWallets(tx: Tx, wanted: readonly WantedWallet[]): Promise<Map<string, Wallet>> {
  return new Map((await lockAll(tx, wanted)).map((locked) => [accountKey(locked.account), locked]));
}

/** Whoever locks a wallet has the whole member, also what is counted over several of its wallets. */
const lockAll = mergedLists(
  'WALLETS',
  async (tx: Tx, wanted: readonly WantedWallet[]): Promise<Wallet[]> => {
    const each = [...new Map(wanted.map((one) => [accountKey(wallet(one.memberId, one.unit)), one])).values()];
    const rows = await tx.rows<WalletRow>('select * from ledger.lock_wallets($1::uuid[], $2::smallint[])', [
      each.map((w) => w.memberId),
      each.map((w) => w.unit),
    ]);
    const locked = new Map(rows.map((row) => [accountKey(wallet(row.owner, row.unit)), toWallet(row)]));
    return wanted.map(({ memberId, unit }) => {
      const one = locked.get(accountKey(wallet(memberId, unit)));
      if (one === undefined) throw new Error(`the wallet of ${memberId} was not locked`);
      return one;
    });
  },
  ({ memberId }) => `member ${memberId}`,
);

/** The balance of a wallet after a posting, given its balance before. Entries that cancel out change nothing and count as no change. */
export function balanceAfter(before: WalletBalance, account: Account, posting: Posting): WalletBalance {
  const key = accountKey(account);
  const mine = posting.entries.filter((e) => accountKey(e.account) === key);
  const change = (part: 'available' | 'held' | 'pending') => mine.reduce((total, e) => total + (e[part] ?? 0n), 0n);
  const [available, held, pending] = [change('available'), change('held'), change('pending')];
  if (available === 0n && held === 0n && pending === 0n) return before;
  return {
    available: before.available + available,
    held: before.held + held,
    pending: before.pending + pending,
    version: before.version + 1n,
  };
}

/** Balances of an account as they stood at any past instant, exact under concurrency: time never runs backwards along its versions. */
export async function balanceAt(db: Db, accountId: bigint, at: Date): Promise<WalletBalance> {
  const [row] = await db.rows<WalletBalance>('select * from ledger.balance_at($1, $2)', [accountId, at.toISOString()]);
  if (row === undefined) throw new Error(`account ${accountId} has no balance`);
  return row;
}
