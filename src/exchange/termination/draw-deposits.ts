import { accountKey, deposit, partnerMoney } from '../../ledger/account.ts';
import { lockAccounts } from '../../ledger/lock-accounts.ts';
import type { Posting } from '../../ledger/posting.ts';
import { drawnFromDeposit } from '../../ledger/postings/termination.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { merged, mergedWrites } from '../../platform/batching/merged.ts';
import type { Tx } from '../../platform/database.ts';
import { hasDeposit } from './ending.rules.ts';
import { readDeposits } from './termination.queries.ts';

/**
 * Postings that charge issuers for unfunded points, with what a leaving partner is charged met by its deposit as far as that goes.
 * Called with the wallets locked, right before they are posted. While no partner that is charged has a deposit, it costs no statement.
 */
export async function drawDeposits(tx: Tx, coalition: Coalition, now: Date, postings: readonly Posting[]): Promise<readonly Posting[]> {
  const secured = [...new Set(postings.flatMap((posting) => [...chargesOf(posting).keys()]))].filter((partnerId) =>
    hasDeposit(coalition, partnerId, now),
  );
  await lockWithDeposits(tx, [{ postings, partnerIds: secured }]);
  return secured.length === 0 ? postings : drawLocked(tx, { postings, partnerIds: secured });
}

/** Postings with the partners whose deposits they move. */
interface Secured {
  readonly postings: readonly Posting[];
  readonly partnerIds: readonly string[];
}

/** One after the other, each of what those before it leave. */
const drawLocked = merged('DEPOSITS', async (tx: Tx, all: readonly Secured[]): Promise<Posting[][]> => {
  const left = await readDeposits(tx, [...new Set(all.flatMap(({ partnerIds }) => partnerIds))]);
  return all.map(({ postings }) =>
    postings.map((posting) =>
      [...chargesOf(posting)].reduce((drawn, [partnerId, charged]) => {
        const balance = left.get(partnerId) ?? 0n;
        const micros = charged < balance ? charged : balance;
        if (micros === 0n) return drawn;
        left.set(partnerId, balance - micros);
        return drawnFromDeposit(drawn, partnerId, micros);
      }, posting),
    ),
  );
});

/**
 * Locks the shared accounts of postings together with deposits, in one order with everybody who posts. Nothing is locked where there are no
 * deposits; with one, also the accounts of those that share the transaction.
 */
export const lockWithDeposits = mergedWrites('ACCOUNTS', async (tx: Tx, all: readonly Secured[]): Promise<void> => {
  const partnerIds = all.flatMap((one) => one.partnerIds);
  if (partnerIds.length > 0) {
    const touched = all.flatMap(({ postings }) => postings.flatMap(({ entries }) => entries.map(({ account }) => account)));
    const shared = touched.filter(({ kind }) => kind !== 'WALLET');
    const accounts = new Map([...shared, ...partnerIds.map(deposit)].map((account) => [accountKey(account), account]));
    await lockAccounts(tx, [...accounts.values()]);
  }
});

/** What each partner pays by a posting, in micros. */
function chargesOf(posting: Posting): Map<string, bigint> {
  return new Map([...balancesOf(posting)].flatMap(([partnerId, net]) => (net < 0n ? [[partnerId, -net]] : [])));
}

/** What each partner has of a posting, in micros: + it receives, - it pays. */
export function balancesOf({ entries }: Posting): Map<string, bigint> {
  const balances = new Map<string, bigint>();
  for (const { account, available = 0n } of entries) {
    if (account.owner === undefined || accountKey(account) !== accountKey(partnerMoney(account.owner))) continue;
    balances.set(account.owner, (balances.get(account.owner) ?? 0n) + available);
  }
  return balances;
}
