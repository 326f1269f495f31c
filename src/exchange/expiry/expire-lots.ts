import { newId } from '../../kernel/ids.ts';
import { readExpiredLots } from '../../ledger/lots.ts';
import { post } from '../../ledger/post.ts';
import { lotsExpired } from '../../ledger/postings/expiry.ts';
import { lockWallets } from '../../ledger/wallets.ts';
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
  const postings = wallets.flatMap(({ account, accountId }) => {
    const expired = lots.filter((lot) => lot.accountId === accountId).map((lot) => ({ lot, points: lot.available }));
    if (expired.length === 0 || account.owner === undefined) return [];
    return [lotsExpired({ reference: newId(), memberId: account.owner, currencyNo: account.unit, occurredAt: asOf }, expired)];
  });
  const refusal = (await post(tx, postings, wallets)).find((posted) => posted.refusal !== undefined);
  if (refusal !== undefined) throw new Error(`expiring was refused by ${refusal.refusal}`);
  return lots.length;
}
