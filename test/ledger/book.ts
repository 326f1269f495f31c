/** Works the ledger as use cases do: lock the wallets, read lots, take from them, post. */

import { newId } from '../../src/kernel/ids.ts';
import { wallet } from '../../src/ledger/account.ts';
import { type Allocation, takeFromLots, takeInOrder } from '../../src/ledger/lots.rules.ts';
import { type Lot, readExpiredLots, readSpendableLots } from '../../src/ledger/lots.ts';
import { type Posted, post } from '../../src/ledger/post.ts';
import type { Floor, OpenedLot, Posting } from '../../src/ledger/posting.ts';
import {
  type AccrualFacts,
  accrualCancelled,
  accrualConfirmed,
  accrualPending,
  accrualReversed,
  type Charge,
  type PricedPoints,
  pendingAccrualConfirmed,
  pendingAccrualReversed,
} from '../../src/ledger/postings/accrual.ts';
import { blockPurchased } from '../../src/ledger/postings/block.ts';
import { exchangeCompleted } from '../../src/ledger/postings/exchange.ts';
import { lotsExpired } from '../../src/ledger/postings/expiry.ts';
import {
  type BurnedLot,
  burnFunded,
  type RedemptionFacts,
  redemptionCaptured,
  redemptionHeld,
  redemptionRefunded,
  redemptionReleased,
} from '../../src/ledger/postings/redemption.ts';
import { transferCompleted } from '../../src/ledger/postings/transfer.ts';
import { lockWallets, type Wallet } from '../../src/ledger/wallets.ts';
import { type Database, type Tx, transact } from '../../src/platform/database.ts';
import { currencyId } from './model.ts';

export interface Earning {
  readonly member: string;
  readonly partner: string;
  readonly points: bigint;
  readonly unit?: number;
  readonly reference?: string;
  readonly lotId?: string;
  readonly at?: Date;
  readonly expiresAt?: Date | undefined;
  readonly redemption?: bigint;
  readonly service?: bigint;
  readonly funded?: bigint;
  readonly charge?: Charge;
  readonly floors?: readonly Floor[];
}

export interface Earned {
  readonly facts: AccrualFacts & PricedPoints;
  readonly lot: OpenedLot;
  readonly floors: readonly Floor[];
}

/** Facts of an accrual at the prices of the worked month: 10,000 micros for the pool, 2,000 for the operator. */
export function earning(e: Earning): Earned {
  const { unit = 1, at = new Date(), redemption = 10_000n, service = 2_000n, funded = redemption } = e;
  return {
    facts: {
      reference: e.reference ?? newId(),
      memberId: e.member,
      partnerId: e.partner,
      currencyNo: unit,
      occurredAt: at,
      charge: e.charge ?? { to: 'PARTNER' },
      points: e.points,
      serviceMicros: service,
      fundedMicros: funded,
    },
    lot: {
      id: e.lotId ?? newId(),
      wallet: wallet(e.member, unit),
      issuer: e.partner,
      origin: 'ACCRUAL',
      earnedAt: at,
      expiresAt: e.expiresAt,
      points: e.points,
      redemptionMicros: redemption,
      fundedMicros: funded,
    },
    floors: e.floors ?? [],
  };
}

export const confirmed = ({ facts, lot, floors }: Earned): Posting => accrualConfirmed(facts, [facts], [lot], floors);
export const pending = ({ facts, floors }: Earned): Posting => accrualPending(facts, [facts], floors);

/** What a partner pays beforehand for points that it issues later. */
export const bought = ({ facts }: Earned): Posting => blockPurchased(facts, facts.points * (facts.fundedMicros + facts.serviceMicros), []);

/** The refusal of the only posting, or undefined. */
export const refusalOf = (posted: readonly Posted[]): string | undefined => posted[0]?.refusal;

/** Posts in a transaction of its own. */
export const postAll = (db: Database, postings: readonly Posting[]): Promise<Posted[]> => transact(db, (tx) => post(tx, postings));

export async function lockWallet(tx: Tx, member: string, unit: number): Promise<Wallet> {
  const [locked] = (await lockWallets(tx, [{ memberId: member, unit }])).values();
  if (locked === undefined) throw new Error('the wallet was not locked');
  return locked;
}

export interface Hold {
  readonly facts: RedemptionFacts;
  readonly allocations: readonly Allocation[];
}

export const toBurned =
  (reimbursementMicros: bigint) =>
  ({ lot, points }: Allocation): BurnedLot => ({
    lotId: lot.id,
    issuer: lot.issuer,
    points,
    redemptionMicros: lot.redemptionMicros,
    fundedMicros: lot.fundedMicros,
    reimbursementMicros,
  });

const toPart = ({ lot, points }: Allocation) => ({ lotId: lot.id, points });

export interface Burning {
  readonly member: string;
  readonly partner: string;
  readonly points: bigint;
  readonly unit?: number;
  readonly at?: Date;
  readonly reference?: string;
}

const INSUFFICIENT = 'INSUFFICIENT_POINTS';

/** Reads a wallet's lots under its lock and posts what is made of those taken. */
async function takeAndPost<T>(
  db: Database,
  wanted: { member: string; unit: number; points: bigint; at: Date; also?: { memberId: string; unit: number }[]; first?: string },
  make: (taken: Allocation[]) => { posting: Posting; answer: T },
): Promise<{ answer: T } | { refusal: string }> {
  return transact(db, async (tx) => {
    const wallets = await lockWallets(tx, [{ memberId: wanted.member, unit: wanted.unit }, ...(wanted.also ?? [])]);
    const own = [...wallets.values()].find((w) => w.account.owner === wanted.member && w.account.unit === wanted.unit);
    const lots: Lot[] = own === undefined ? [] : await readSpendableLots(tx, [own.accountId], wanted.at);
    const ordered = [...lots.filter((lot) => lot.id === wanted.first), ...lots.filter((lot) => lot.id !== wanted.first)];
    const taken = takeFromLots(ordered, wanted.points);
    if (taken === undefined) return { refusal: INSUFFICIENT };
    const { posting, answer } = make(taken);
    const refusal = refusalOf(await post(tx, [posting], [...wallets.values()]));
    return refusal === undefined ? { answer } : { refusal };
  });
}

export function hold(
  db: Database,
  { member, partner, points, unit = 1, at = new Date(), reference = newId() }: Burning,
): Promise<{ answer: Hold } | { refusal: string }> {
  const facts = { reference, memberId: member, partnerId: partner, currencyNo: unit, occurredAt: at };
  return takeAndPost(db, { member, unit, points, at }, (taken) => ({
    posting: redemptionHeld(facts, taken.map(toPart)),
    answer: { facts, allocations: taken },
  }));
}

class Refused extends Error {}

/** Posts all or nothing, as a use case does. */
async function postOnWallet(db: Database, facts: RedemptionFacts | AccrualFacts, ...postings: Posting[]): Promise<string | undefined> {
  try {
    return await transact(db, async (tx) => {
      const refusal = refusalOf(await post(tx, postings, [await lockWallet(tx, facts.memberId, facts.currencyNo)]));
      if (refusal !== undefined && postings.length > 1) throw new Refused(refusal);
      return refusal;
    });
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

export const firstPoints = ({ allocations }: Hold, points: bigint): readonly Allocation[] => takeInOrder(allocations, points).taken;

/** Captures the first points of a hold and releases the rest. */
export function capture(db: Database, { facts, allocations }: Hold, points: bigint, reimbursement = 10_000n): Promise<string | undefined> {
  const { taken, rest } = takeInOrder(allocations, points);
  const burned = taken.map(toBurned(reimbursement));
  return postOnWallet(db, facts, redemptionCaptured(facts, burned, rest.map(toPart)), ...burnFunded('redemption.funded', facts, burned));
}

export const release = (
  db: Database,
  { facts, allocations }: Hold,
  code: 'redemption.voided' | 'redemption.hold_expired',
): Promise<string | undefined> => postOnWallet(db, facts, redemptionReleased(code, facts, allocations.map(toPart)));

/** Gives captured points back to their lots; those of lots that have expired come back in new ones where `newLot` makes them. */
export function refund(
  db: Database,
  { facts, allocations }: Hold,
  options: { at?: Date; reimbursement?: bigint; newLot?: (part: Allocation) => OpenedLot } = {},
): Promise<string | undefined> {
  const { at = new Date(), reimbursement = 10_000n, newLot } = options;
  const gone = newLot === undefined ? [] : allocations.filter(({ lot }) => lot.expiresAt !== undefined && lot.expiresAt <= at);
  const alive = allocations.filter((part) => !gone.includes(part));
  const burned = allocations.map(toBurned(reimbursement));
  return postOnWallet(
    db,
    facts,
    redemptionRefunded(
      facts,
      burned,
      alive.map(({ lot, points }) => ({ lotId: lot.id, available: points, held: 0n })),
      newLot === undefined ? [] : gone.map(newLot),
    ),
    ...burnFunded('redemption.funding_returned', facts, burned),
  );
}

export const confirmPending = (db: Database, { facts, lot }: Earned): Promise<string | undefined> =>
  postOnWallet(db, facts, pendingAccrualConfirmed(facts, [facts], [lot]));
export const cancelPending = (db: Database, { facts }: Earned): Promise<string | undefined> =>
  postOnWallet(db, facts, accrualCancelled(facts, [facts]));
export const reversePending = (db: Database, { facts }: Earned, points: bigint): Promise<string | undefined> =>
  postOnWallet(db, facts, pendingAccrualReversed(facts, [{ ...facts, points }]));

/** Takes earned points back, from their own lot first. */
export async function reverse(db: Database, { facts, lot }: Earned, points: bigint, at = new Date()): Promise<string | undefined> {
  const result = await takeAndPost(db, { member: facts.memberId, unit: facts.currencyNo, points, at, first: lot.id }, (taken) => ({
    posting: accrualReversed(facts, [{ ...facts, points }], taken),
    answer: undefined,
  }));
  return 'refusal' in result ? result.refusal : undefined;
}

export async function transfer(
  db: Database,
  move: { from: string; to: string; points: bigint; unit?: number; at?: Date; newLotId?: () => string },
): Promise<string | undefined> {
  const { from, to, points, unit = 1, at = new Date(), newLotId = newId } = move;
  const facts = { reference: newId(), fromMemberId: from, toMemberId: to, currencyNo: unit, occurredAt: at };
  const result = await takeAndPost(db, { member: from, unit, points, at, also: [{ memberId: to, unit }] }, (taken) => ({
    posting: transferCompleted(facts, taken, newLotId),
    answer: undefined,
  }));
  return 'refusal' in result ? result.refusal : undefined;
}

export async function exchange(
  db: Database,
  swap: { member: string; from: number; to: number; points: bigint; credited: OpenedLot; at?: Date },
): Promise<string | undefined> {
  const { member, from, to, points, credited, at = new Date() } = swap;
  const facts = {
    reference: newId(),
    memberId: member,
    partnerId: undefined,
    fromCurrencyNo: from,
    toCurrencyNo: to,
    toCurrencyId: currencyId(to),
    occurredAt: at,
    feeMicros: 0n,
  };
  const result = await takeAndPost(db, { member, unit: from, points, at, also: [{ memberId: member, unit: to }] }, (taken) => ({
    posting: exchangeCompleted(facts, taken.map(toBurned(0n)), credited),
    answer: undefined,
  }));
  return 'refusal' in result ? result.refusal : undefined;
}

/** Expires what is left of a wallet's lots whose time has passed; answers the points. */
export function expire(db: Database, { member, unit = 1, at }: { member: string; unit?: number; at: Date }): Promise<bigint> {
  return transact(db, async (tx) => {
    const locked = await lockWallet(tx, member, unit);
    const taken = (await readExpiredLots(tx, [locked.accountId], at)).map((lot) => ({ lot, points: lot.available, chargedMicros: 0n }));
    if (taken.length === 0) return 0n;
    const facts = { reference: newId(), memberId: member, currencyNo: unit, occurredAt: at };
    const refusal = refusalOf(await post(tx, [lotsExpired(facts, taken)], [locked]));
    if (refusal !== undefined) throw new Error(`expiry was refused by ${refusal}`);
    return taken.reduce((total, { points }) => total + points, 0n);
  });
}

/** Balances of the wallet as they are. */
export async function balanceOf(
  db: Database,
  member: string,
  unit = 1,
): Promise<{ available: bigint; held: bigint; pending: bigint; version: bigint }> {
  const [row] = await db.rows<{ available: bigint; held: bigint; pending: bigint; version: bigint }>(
    "select available, held, pending, version from ledger.accounts where kind = 'WALLET' and owner = $1 and unit = $2",
    [member, unit],
  );
  return row ?? { available: 0n, held: 0n, pending: 0n, version: 0n };
}

/** Everything the ledger has recorded, as one number: any change of any row changes it. Accounts without an entry are not part of it. */
export async function fingerprint(db: Database): Promise<string> {
  const [row] = await db.rows<{ print: string }>(
    `select concat_ws(' ',
       (select count(*) || '/' || coalesce(sum(hashtextextended(t::text, 0)), 0) from ledger.accounts t where t.version > 0),
       (select count(*) || '/' || coalesce(sum(hashtextextended(t::text, 0)), 0) from ledger.postings t),
       (select count(*) || '/' || coalesce(sum(hashtextextended(t::text, 0)), 0) from ledger.entries t),
       (select count(*) || '/' || coalesce(sum(hashtextextended(t::text, 0)), 0) from ledger.lots t),
       (select count(*) || '/' || coalesce(sum(hashtextextended(t::text, 0)), 0) from ledger.lot_uses t)) as print`,
  );
  return row?.print ?? '';
}
