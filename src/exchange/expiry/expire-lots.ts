import { newId } from '../../kernel/ids.ts';
import { type Lot, readExpiredLots } from '../../ledger/lots.ts';
import { postDecided } from '../../ledger/post.ts';
import { lotsExpired } from '../../ledger/postings/expiry.ts';
import { lockWallets } from '../../ledger/wallets.ts';
import { type Coalition, coalitionNow } from '../../partners/coalition.ts';
import { lastClausesBy } from '../../partners/contracts/contract.rules.ts';
import type { Tx } from '../../platform/database.ts';
import { redemptionElement } from '../redemption/redemption.rules.ts';
import { drawDeposits } from '../termination/draw-deposits.ts';

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
      .map((lot) => ({ lot, points: lot.available, chargedMicros: chargedOnExpiry(coalition, lot, account.unit, asOf) }));
    if (expired.length === 0 || account.owner === undefined) return [];
    return [lotsExpired({ reference: newId(), memberId: account.owner, currencyNo: account.unit, occurredAt: asOf }, expired)];
  });
  await postDecided(tx, await drawDeposits(tx, coalition, asOf, postings), wallets);
  return lots.length;
}

/** What an issuer that agreed to it pays for a point that expires: what it had not funded of the redemption element of the day, as for a burn. */
export function chargedOnExpiry(coalition: Coalition, lot: Lot, currencyNo: number, at: Date): bigint {
  const currency = coalition.currencyNo(currencyNo);
  const issued = lastClausesBy(coalition.contractAt(lot.issuer, at), 'issuance', at);
  const agreed = issued.some((clause) => clause.currency === currency.code && clause.chargeOnExpiry);
  const unfunded = redemptionElement(coalition, currency, lot, at) - lot.fundedMicros;
  return agreed && unfunded > 0n ? unfunded : 0n;
}
