import { issuance, jointMoney, jointPoints, operatorMoney, partnerMoney, pool, prepaid } from '../../ledger/account.ts';
import { lockAccounts } from '../../ledger/lock-accounts.ts';
import type { Account } from '../../ledger/posting.ts';
import { fundedBy, type Stretch, stretchKey } from '../../partners/contracts/clauses/joint-promotion/funded-shares.rules.ts';
import { fundersOf, promotionId } from '../../partners/contracts/clauses/joint-promotion/joint-promotion.rules.ts';
import type { Db, Tx } from '../../platform/database.ts';
import { readPromotionsOwed } from '../exposure/promotions-owed.queries.ts';
import { lockBlocks } from '../funding/point-blocks.queries.ts';
import { creditLimitMicros } from './limits.rules.ts';
import type { Batch, Granted } from './plan-accrual.ts';
import { type Funder, issuerKey, type Standing } from './standing.rules.ts';

/** The shared accounts that lines touch. */
export function sharedAccounts(open: readonly Granted[]): Account[] {
  return [
    operatorMoney,
    ...open.flatMap(({ partnerId, currency: { no }, promotion, charge }): Account[] => {
      if (promotion !== undefined) {
        const id = promotionId(promotion.promotion);
        return [pool(no), jointPoints(id, no), jointMoney(id, no)];
      }
      return [pool(no), issuance(partnerId, no), charge === 'PREPAID' ? prepaid(partnerId, no) : partnerMoney(partnerId)];
    }),
  ];
}

/**
 * Locks and reads what the limits of some lines depend on besides their own accounts; undefined when there is nothing: then floors say
 * it all. All accruals of a promotion, and all that bring a funder with a limit nearer to it, meet at the funder's money account.
 */
export async function readStanding(tx: Tx, { coalition, now }: Batch, open: readonly Granted[]): Promise<Standing | undefined> {
  const promotions = open.flatMap(({ promotion }) => promotion ?? []);
  const issuers = issuersOf(open.filter(({ charge }) => charge === 'PREPAID'));
  const owing = open.filter(({ charge }) => charge === 'PARTNER');
  const funding = new Set([...new Set(owing.map(({ partnerId }) => partnerId))].filter((id) => fundedBy(coalition, id, now).length > 0));
  const isBound = owing.some(
    ({ partnerId, terms }) => funding.has(partnerId) && creditLimitMicros(coalition, partnerId, now, terms) !== undefined,
  );
  if (promotions.length === 0 && issuers.length === 0 && !isBound) return undefined;

  const payers = new Set(promotions.flatMap((terms) => fundersOf(terms).flatMap((code) => coalition.partnerOf(code)?.id ?? [])));
  for (const { partnerId } of owing) payers.add(partnerId);
  const funders = new Map<string, Funder>(
    [...payers].map((id) => [id, { limitMicros: creditLimitMicros(coalition, id, now), shares: fundedBy(coalition, id, now) }]),
  );
  // What a line counts in is among the shares of its funders.
  const stretches = new Map([...funders.values()].flatMap(({ shares }) => shares.map((share) => [stretchKey(share), share])));
  const promotionIds = new Set([
    ...promotions.map(({ promotion }) => promotionId(promotion)),
    ...[...stretches.values()].map((share) => share.promotionId),
  ]);

  const blocks = await lockBlocks(tx, issuers);
  await lockAccounts(tx, [...sharedAccounts(open), ...[...payers].map(partnerMoney)]);
  const { owed, ...balances } = await readBalances(
    tx,
    open.map(({ partnerId }) => partnerId),
    [...payers],
    [...promotionIds],
  );
  return {
    funders,
    ...balances,
    owed: await readOwedBy(tx, [...stretches.values()], owed),
    blocks: Map.groupBy(blocks, ({ partnerId, currencyNo }) => issuerKey(partnerId, currencyNo)),
  };
}

/** Who issues which currency through these lines, each once. */
export function issuersOf(lines: readonly Granted[]): { readonly partnerId: string; readonly currencyNo: number }[] {
  const issuers = lines.map(({ partnerId, currency }) => ({ partnerId, currencyNo: currency.no }));
  return [...new Map(issuers.map((issuer) => [issuerKey(issuer.partnerId, issuer.currencyNo), issuer])).values()];
}

/** What promotions owe by stretch: all that their accounts hold, or where contributions have changed, what is read of each stretch. */
async function readOwedBy(db: Db, stretches: readonly Stretch[], owed: ReadonlyMap<string, bigint>): Promise<Map<string, bigint>> {
  const parts = stretches.filter(({ since, until }) => since !== undefined || until !== undefined);
  const read = parts.length === 0 ? [] : await readPromotionsOwed(db, parts);
  const byKey = new Map(stretches.map((stretch) => [stretchKey(stretch), owed.get(stretch.promotionId) ?? 0n]));
  for (const [at, stretch] of parts.entries()) byKey.set(stretchKey(stretch), read[at] ?? 0n);
  return byKey;
}

async function readBalances(
  db: Db,
  partnerIds: readonly string[],
  payers: readonly string[],
  promotionIds: readonly string[],
): Promise<Pick<Standing, 'money' | 'issued' | 'owed' | 'given'>> {
  const rows = await db.rows<{ kind: string; owner: string; unit: number; balance: bigint }>(
    `select kind, owner, unit, available + pending as balance from ledger.accounts
     where (kind = 'PARTNER' and owner = any($1::uuid[])) or (kind = 'ISSUANCE' and owner = any($2::uuid[])) or (kind = 'JOINT' and owner = any($3::uuid[]))`,
    [payers, partnerIds, promotionIds],
  );
  const money = new Map<string, bigint>();
  const issued = new Map<string, bigint>();
  const owed = new Map<string, bigint>();
  const given = new Map<string, bigint>();
  for (const { kind, owner, unit, balance } of rows) {
    if (kind === 'PARTNER') money.set(owner, balance);
    else if (kind === 'ISSUANCE') issued.set(issuerKey(owner, unit), balance);
    else {
      const sums = unit === 0 ? owed : given;
      sums.set(owner, (sums.get(owner) ?? 0n) - balance);
    }
  }
  return { money, issued, owed, given };
}
