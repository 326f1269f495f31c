// Whether the book has what clients were told, all of it, once, and nothing else.

import { EXCHANGE_CHECKS } from '../../src/exchange/exchange.checks.ts';
import { toPublicId } from '../../src/kernel/ids.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import type { Database } from '../../src/platform/database.ts';
import { SETTLEMENT_CHECKS } from '../../src/settlement/settlement.checks.ts';
import type { Brand } from '../brands.ts';
import { type Deed, HELD_POINTS, RETURNED_POINTS, walletOf } from './shops.ts';

/** Calls `wrong` for each thing that is off; answers what was compared. */
export async function audit(
  db: Database,
  brands: readonly Brand[],
  deeds: readonly Deed[],
  wrong: (what: string) => void,
): Promise<Readonly<Record<string, number>>> {
  const accruals = await auditAccruals(db, brands, deeds, wrong);
  const wallets = await auditWallets(db, brands, deeds, wrong);
  const { checked, checks } = await verifyLedger(db, [...EXCHANGE_CHECKS, ...SETTLEMENT_CHECKS]);
  for (const { name, found } of checks) for (let n = 0; n < found; n += 1) wrong(`the ledger: ${name}`);
  return { 'accruals in the book': accruals, wallets, 'postings verified': checked.postings, 'entries verified': checked.entries };
}

interface Booked {
  readonly key: string;
  readonly id: string;
  readonly points: bigint;
  readonly postings: bigint;
}

async function auditAccruals(
  db: Database,
  brands: readonly Brand[],
  deeds: readonly Deed[],
  wrong: (what: string) => void,
): Promise<number> {
  const rows = await db.rows<Booked>(
    `select a.external_id as key, a.id, a.points, count(p.id) as postings
     from exchange.accruals a left join ledger.postings p on p.reference = a.id and p.code = 'accrual.confirmed'
     where a.partner_id = any ($1::uuid[]) group by a.id`,
    [brands.map(({ id }) => id)],
  );
  const booked = new Map(rows.map((row) => [row.key, row]));
  for (const { operation, input, payload } of deeds) {
    if (operation !== 'accrue') continue;
    const key = String(input.externalId);
    const row = booked.get(key);
    booked.delete(key);
    if (row === undefined) wrong('an acknowledged accrual is not in the book, or was acknowledged twice');
    else if (row.postings !== 1n) wrong('an accrual has not one posting');
    else if (toPublicId('Accrual', row.id) !== payload.accrual?.id || row.points !== BigInt(payload.accrual.points))
      wrong('an accrual is not the one that was acknowledged');
  }
  for (const _ of booked) wrong('an accrual in the book was never acknowledged');
  return rows.length;
}

interface Standing {
  readonly owner: string;
  readonly unit: number;
  readonly version: bigint;
  readonly available: bigint;
  readonly held: bigint;
}

const EFFECTS: Readonly<Record<Deed['operation'], (deed: Deed) => { available: number; held: number }>> = {
  accrue: ({ payload }) => ({ available: payload.accrual?.points ?? 0, held: 0 }),
  reverseAccrual: () => ({ available: -RETURNED_POINTS, held: 0 }),
  holdRedemption: () => ({ available: -HELD_POINTS, held: HELD_POINTS }),
  captureRedemption: () => ({ available: 0, held: -HELD_POINTS }),
  voidRedemption: () => ({ available: HELD_POINTS, held: -HELD_POINTS }),
};

/** Each wallet was changed by what was acknowledged, in the order of the versions that were told with it, and by nothing else. */
async function auditWallets(
  db: Database,
  brands: readonly Brand[],
  deeds: readonly Deed[],
  wrong: (what: string) => void,
): Promise<number> {
  const rows = await db.rows<Standing>(
    `select owner, unit, version, available, coalesce(held, 0) as held from ledger.accounts
     where kind = 'WALLET' and topic is null and version > 0 and unit = any ($1::smallint[])`,
    [brands.map(({ no }) => no)],
  );
  const standing = new Map(rows.map((row) => [walletOf(row.owner, row.unit), row]));
  for (const [wallet, own] of Map.groupBy(deeds, (deed) => deed.wallet)) {
    const told = own.toSorted((a, b) => Number(a.payload.balance?.version) - Number(b.payload.balance?.version));
    let [version, available, held] = [0, 0, 0];
    for (const deed of told) {
      const effect = EFFECTS[deed.operation](deed);
      version += 1;
      available += effect.available;
      held += effect.held;
      const { balance } = deed.payload;
      if (balance?.version !== String(version)) wrong('the versions told of a wallet have a gap or a repeat');
      else if (balance.available !== available || balance.held !== held) wrong('a balance that was told is not the sum of what was done');
    }
    const row = standing.get(wallet);
    standing.delete(wallet);
    if (row?.version !== BigInt(version)) wrong('a wallet has another version than was told');
    if (row?.available !== BigInt(available) || row.held !== BigInt(held)) wrong('a wallet is not the sum of what was done');
  }
  for (const _ of standing) wrong('a wallet was changed by what was never acknowledged');
  return rows.length;
}
