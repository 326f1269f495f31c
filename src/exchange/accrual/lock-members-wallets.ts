import { accountKey } from '../../ledger/account.ts';
import { toWallet, type Wallet, type WalletRow } from '../../ledger/wallets.ts';
import type { Member, MemberKey } from '../../members/member.ts';
import { type FoundMember, searchFor } from '../../members/members.queries.ts';
import type { Tx } from '../../platform/database.ts';

/** Who earns, and points of which currency; undefined where it is not known of which. */
interface Earner {
  readonly key: MemberKey;
  readonly unit: number | undefined;
}

type Row = FoundMember & Omit<WalletRow, 'owner' | 'account_id' | 'unit'> & { readonly accountId: bigint | null; readonly unit: number };

/**
 * Finds members, undefined where there is none, and locks their wallets until the transaction ends, opening those that do not exist yet: in one
 * statement, so that nothing has to come back in between.
 */
export async function lockMembersWallets(
  tx: Tx,
  earners: readonly Earner[],
): Promise<{ readonly members: readonly (Member | undefined)[]; readonly wallets: Map<string, Wallet> }> {
  if (earners.length === 0) return { members: [], wallets: new Map() };
  const { query, parameters } = searchFor(earners.map(({ key }) => key));
  const rows = await tx.rows<Row>(
    `with found as materialized (
       select m.*, ($5::smallint[])[m.n::integer] as unit from (${query}) m
     ), wanted as (
       select distinct id, unit from found where unit is not null
     )
     select f.*, w.account_id as "accountId", w.available, w.held, w.pending, w.version
     from found f
     left join ledger.lock_wallets(array(select id from wanted order by id, unit), array(select unit from wanted order by id, unit)) w
       on w.owner = f.id and w.unit = f.unit`,
    [...parameters, earners.map(({ unit }) => unit ?? null)],
  );
  const members: (Member | undefined)[] = earners.map(() => undefined);
  const wallets = new Map<string, Wallet>();
  for (const { n, unit, accountId, available, held, pending, version, ...member } of rows) {
    members[Number(n) - 1] = member;
    if (accountId === null) continue;
    const wallet = toWallet({ account_id: accountId, owner: member.id, unit, available, held, pending, version });
    wallets.set(accountKey(wallet.account), wallet);
  }
  return { members, wallets };
}
