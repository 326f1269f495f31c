import { newId } from '../../kernel/ids.ts';
import { readExpiredLots } from '../../ledger/lots.ts';
import { postDecided } from '../../ledger/post.ts';
import { lotsExpired } from '../../ledger/postings/expiry.ts';
import { lockWallets } from '../../ledger/wallets.ts';
import { type Coalition, coalitionNow } from '../../partners/coalition.ts';
import { clausesOf } from '../../partners/contracts/clause.ts';
import { lastVersionBy } from '../../partners/contracts/contract.rules.ts';
import type { Tx } from '../../platform/database.ts';

/** Expires what is left of a bounded number of wallets' lots whose time has passed; answers how many lots. Held points stay until their hold is resolved. */
export async function expireDueLots(tx: Tx, asOf: Date, limit: number): Promise<number> {
  const owners = await tx.rows<{ owner: string; unit: number }>(
    `select a.owner, a.unit from ledger.accounts a
     where a.id in (select l.account_id from ledger.lots l where l.available > 0 and l.expires_at <= $1 limit $2)`,
    [asOf.toISOString(), limit],
  );
  const wallets = [
    ...(
      await lockWallets(
        tx,
        owners.map(({ owner, unit }) => ({ memberId: owner, unit })),
      )
    ).values(),
  ];
  const lots = await readExpiredLots(
    tx,
    wallets.map((wallet) => wallet.accountId),
    asOf,
  );
  const { coalition } = await coalitionNow(tx);
  const postings = wallets.flatMap(({ account, accountId }) => {
    const expired = lots
      .filter((lot) => lot.accountId === accountId)
      .map((lot) => ({ lot, points: lot.available, chargesIssuer: chargesOnExpiry(coalition, lot.issuer, account.unit, asOf) }));
    if (expired.length === 0 || account.owner === undefined) return [];
    return [lotsExpired({ reference: newId(), memberId: account.owner, currencyNo: account.unit, occurredAt: asOf }, expired)];
  });
  await postDecided(tx, postings, wallets);
  return lots.length;
}

/** Whether an issuer pays for points that expire what it had not funded of them. */
function chargesOnExpiry(coalition: Coalition, issuerId: string, currencyNo: number, at: Date): boolean {
  const contract = coalition.contractOf(issuerId);
  const clauses = (contract && lastVersionBy(contract, at)?.clauses) ?? [];
  const { code } = coalition.currencyNo(currencyNo);
  return clausesOf(clauses, 'issuance').some(({ currency, chargeOnExpiry }) => currency === code && chargeOnExpiry);
}
