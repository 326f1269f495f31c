// Brands of a coalition to measure, each with a currency of its own, and accruals of theirs posted by the ledger's own write path.

import { newId } from '../src/kernel/ids.ts';
import { wallet } from '../src/ledger/account.ts';
import { post } from '../src/ledger/post.ts';
import { accrualConfirmed } from '../src/ledger/postings/accrual.ts';
import { lockWallets } from '../src/ledger/wallets.ts';
import { bumpRevision, coalitionNow, coalitionToChange } from '../src/partners/coalition.ts';
import { foundPartners } from '../src/partners/found-partners.ts';
import { type Database, transact } from '../src/platform/database.ts';

export interface Brand {
  readonly id: string;
  readonly code: string;
  /** Number of its currency in the ledger. */
  readonly no: number;
}

const PRICE = { redemptionElementMicros: 10_000n, serviceElementMicros: 2_000n };

export async function foundBrands(db: Database, count: number): Promise<Brand[]> {
  const effectiveFrom = new Date(Date.now() - 1_000);
  await transact(db, async (tx) => {
    await coalitionToChange(tx);
    await foundPartners(
      tx,
      Array.from({ length: count }, (_, at) => {
        const code = `P${String(at).padStart(2, '0')}`;
        return {
          code,
          name: code,
          roles: ['ISSUER' as const, 'ACCEPTOR' as const],
          currency: { code: `${code}T`, name: code },
          effectiveFrom,
          clauses: [
            { scope: { roles: ['ISSUER', 'ACCEPTOR'] } },
            { issuance: { currency: `${code}T`, ...PRICE } },
            { acceptance: { currencies: [`${code}T`] } },
            { paymentTerms: { netDays: 15, disputeWindowDays: 10 } },
          ],
          earnRules: [{ code: 'FLAT', currency: `${code}T`, flatMilliPointsPerUnit: 10_000 }],
        };
      }),
    );
    await bumpRevision(tx);
  });
  return brandsIn(db);
}

/** Those that were founded before. */
export async function brandsIn(db: Database): Promise<Brand[]> {
  const { coalition } = await coalitionNow(db);
  return coalition.partners.map(({ id, code }) => ({
    id,
    code,
    no: coalition.currencies.find(({ issuerId }) => issuerId === id)?.no ?? 0,
  }));
}

/** Accruals of one brand, as its tills would post them, with all that the book keeps of them. */
export async function postAccruals(
  db: Database,
  brand: Brand,
  members: readonly string[],
  { first, count }: { readonly first: number; readonly count: number },
): Promise<void> {
  const occurredAt = new Date();
  const owners = Array.from({ length: count }, (_, at) => members[(first * 7 + at * 13) % members.length] ?? '');
  await transact(db, async (tx) => {
    const wallets = await lockWallets(
      tx,
      [...new Set(owners)].map((memberId) => ({ memberId, unit: brand.no })),
    );
    const postings = owners.map((memberId, at) => {
      const points = BigInt(1 + ((first + at) % 500));
      const facts = {
        reference: newId(),
        memberId,
        partnerId: brand.id,
        currencyNo: brand.no,
        occurredAt,
        charge: { to: 'PARTNER' as const },
      };
      const lot = {
        id: newId(),
        wallet: wallet(memberId, brand.no),
        issuer: brand.id,
        origin: 'ACCRUAL' as const,
        earnedAt: occurredAt,
        expiresAt: undefined,
        points,
        redemptionMicros: PRICE.redemptionElementMicros,
        fundedMicros: PRICE.redemptionElementMicros,
      };
      return accrualConfirmed(facts, [{ points, serviceMicros: PRICE.serviceElementMicros, fundedMicros: lot.fundedMicros }], [lot], []);
    });
    await post(tx, postings, [...wallets.values()]);
  });
}
