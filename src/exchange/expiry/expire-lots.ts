import { newId } from '../../kernel/ids.ts';
import { type Lot, readExpiredLots } from '../../ledger/lots.ts';
import { postDecided } from '../../ledger/post.ts';
import { lotsExpired } from '../../ledger/postings/expiry.ts';
import { lockWallets } from '../../ledger/wallets.ts';
import { type Coalition, coalitionNow } from '../../partners/coalition.ts';
import { lastClausesBy } from '../../partners/contracts/contract.rules.ts';
import type { Db, Tx } from '../../platform/database.ts';
import { redemptionElement } from '../redemption/redemption.rules.ts';
import { drawDeposits } from '../termination/draw-deposits.ts';

/** A wallet with points whose time has passed. */
interface DueWallet {
  readonly accountId: bigint;
  readonly memberId: string;
  readonly unit: number;
}

/** The wallets of a bounded number of lots whose time has passed, but for some. */
export async function findDueWallets(db: Db, asOf: Date, limit: number, without: readonly bigint[]): Promise<DueWallet[]> {
  return db.rows<{ accountId: bigint; memberId: string; unit: number }>(
    `select a.id as "accountId", a.owner as "memberId", a.unit from ledger.accounts a
     where a.id in (
       select l.account_id from ledger.lots l where l.available > 0 and l.expires_at <= $1 and l.account_id <> all($3::bigint[]) limit $2
     )`,
    [asOf.toISOString(), limit, without],
  );
}

/** Expires what is left of wallets' lots whose time has passed; answers how many lots. Held points stay until their hold is resolved. */
export async function expireLots(tx: Tx, asOf: Date, due: readonly DueWallet[]): Promise<number> {
  const wallets = [...(await lockWallets(tx, due)).values()];
  const lots = await readExpiredLots(
    tx,
    wallets.map((wallet) => wallet.accountId),
    asOf,
  );
  const { coalition } = await coalitionNow(tx);
  const postings = wallets.flatMap(({ account, accountId }) => {
    const { owner: memberId, unit: currencyNo } = account;
    if (memberId === undefined) return [];
    const byIssuer = Map.groupBy(
      lots.filter((lot) => lot.accountId === accountId),
      ({ issuer }) => issuer,
    );
    return [...byIssuer].map(([issuerId, expired]) =>
      lotsExpired(
        { reference: newId(), memberId, currencyNo, occurredAt: asOf, issuerId },
        expired.map((lot) => ({ lot, points: lot.available, chargedMicros: chargedOnExpiry(coalition, lot, currencyNo, asOf) })),
      ),
    );
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
