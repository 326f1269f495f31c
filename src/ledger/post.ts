import { divide, merged } from '../platform/batching/merged.ts';
import type { Tx } from '../platform/database.ts';
import { accountKey } from './account.ts';
import { openAccounts } from './open-accounts.ts';
import type { Account, Floor, Posting } from './posting.ts';
import type { Wallet } from './wallets.ts';

/** What became of one posting: its id, or the name of the constraint or floor that refused it; `watched` is the balance of its watched account. */
export type Posted =
  | { readonly postingId: bigint; readonly recordedAt: Date; readonly watched: bigint | undefined; readonly refusal: undefined }
  | { readonly refusal: string };

/** A row of `POST`. */
export interface PostedRow {
  /** The place of the posting, from 1. */
  readonly n: number;
  readonly posting_id: bigint | null;
  readonly refusal: string | null;
  readonly recorded_at: Date;
  readonly watched: bigint | null;
}

export const toPosted = (row: PostedRow): Posted =>
  row.posting_id === null
    ? { refusal: row.refusal ?? 'refused' }
    : { postingId: row.posting_id, recordedAt: row.recorded_at, watched: row.watched ?? undefined, refusal: undefined };

interface Leg {
  readonly account: Account;
  /** The account's name in maps. */
  readonly key: string;
  available: bigint;
  held: bigint;
  pending: bigint;
  /** What available + pending may not fall below; undefined where there is no floor. */
  floor: Floor | undefined;
}

/** Entries of one account in one posting become one leg; those that change nothing are left out, and a floor under them cannot be passed. */
function toLegs({ entries, floors = [] }: Posting): Leg[] {
  const legs = new Map<string, Leg>();
  for (const entry of entries) {
    const key = accountKey(entry.account);
    const leg = legs.get(key) ?? { account: entry.account, key, available: 0n, held: 0n, pending: 0n, floor: undefined };
    leg.available += entry.available ?? 0n;
    leg.held += entry.held ?? 0n;
    leg.pending += entry.pending ?? 0n;
    legs.set(key, leg);
  }
  for (const floor of floors) {
    const leg = legs.get(accountKey(floor.account));
    if (leg !== undefined && (leg.floor === undefined || leg.floor.floor < floor.floor)) leg.floor = floor;
  }
  return [...legs.values()].filter((leg) => leg.available !== 0n || leg.held !== 0n || leg.pending !== 0n);
}

/** Wallets first, then the shared accounts, each by id: one order of locks for everybody. */
function inLockOrder(a: { account: Account; id: bigint }, b: { account: Account; id: bigint }): number {
  const shared = Number(a.account.kind !== 'WALLET') - Number(b.account.kind !== 'WALLET');
  return shared !== 0 ? shared : Number(a.id - b.id);
}

interface Places {
  /** In the order of locks. */
  readonly ids: readonly bigint[];
  /** The place of an account in it, from 1, by its name in maps. */
  placeOf(key: string): number;
}

/** The places of accounts, opened where there are none and they are not known from `wallets`. */
async function placeAccounts(tx: Tx, named: ReadonlyMap<string, Account>, wallets: readonly Wallet[]): Promise<Places> {
  const known = new Map(wallets.map((w) => [accountKey(w.account), w.accountId]));
  const unknown = [...named].filter(([key]) => !known.has(key)).map(([, account]) => account);
  for (const [key, id] of await openAccounts(tx, unknown)) known.set(key, id);
  const ordered = [...named].map(([key, account]) => ({ key, account, id: known.get(key) ?? 0n })).sort(inLockOrder);
  const places = new Map(ordered.map(({ key }, at) => [key, at + 1]));
  return {
    ids: ordered.map(({ id }) => id),
    placeOf: (key) => {
      const place = places.get(key);
      if (place === undefined) throw new Error(`account ${key} has no entry`);
      return place;
    },
  };
}

/** The query that posts, one row a posting in their order: its parameters are the first of its statement. */
export const POST = `select * from ledger.post(
       $1::ledger.posting_code[], $2::timestamptz[], $3::uuid[], $4::uuid[], $5::bigint[],
       $6::integer[], $7::integer[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::text[],
       $13::integer[], $14::uuid[], $15::integer[], $16::uuid[], $17::ledger.lot_origin[], $18::timestamptz[],
       $19::timestamptz[], $20::bigint[], $21::bigint[], $22::bigint[], $23::uuid[],
       $24::integer[], $25::uuid[], $26::bigint[], $27::bigint[], $28::integer[])`;
export const POST_PARAMETERS = 28;

/**
 * The one write path of the ledger: posts an array of postings in their order, in one round trip, each with its own result.
 * A refused posting changes nothing and stops no other. Lots that are used must have been read under the lock of `lockWallets`.
 * Faults (unbalanced entries, a lot that has less than is taken) throw and post nothing.
 */
export async function post(tx: Tx, postings: readonly Posting[], wallets: readonly Wallet[] = []): Promise<Posted[]> {
  return postings.length === 0 ? [] : postTogether(tx, { postings, wallets });
}

const postTogether = merged(
  'POST',
  async (tx: Tx, all: readonly { readonly postings: readonly Posting[]; readonly wallets: readonly Wallet[] }[]): Promise<Posted[][]> => {
    const [postings, wallets] = [all.map((one) => one.postings), all.flatMap((one) => one.wallets)];
    const rows = await tx.rows<PostedRow>(POST, await preparePost(tx, postings.flat(), wallets));
    return divide(rows.map(toPosted), postings);
  },
);

/** All of `post` but the posting: the parameters of `POST`, for who has more to ask in the same flight or the same statement. */
export async function preparePost(tx: Tx, postings: readonly Posting[], wallets: readonly Wallet[]): Promise<unknown[]> {
  const entries = postings.flatMap((p, at) => toLegs(p).map((leg) => ({ n: at + 1, ...leg })));
  const opens = postings.flatMap((p, at) => (p.opens ?? []).map((l) => ({ n: at + 1, key: accountKey(l.wallet), ...l })));
  const uses = postings.flatMap((p, at) => (p.uses ?? []).map((u) => ({ n: at + 1, ...u })));
  // A lot may come and go in one posting, which then leaves no entry in its wallet.
  const named = new Map<string, Account>();
  for (const { key, account } of entries) named.set(key, account);
  for (const { key, wallet } of opens) named.set(key, wallet);
  const { ids, placeOf } = await placeAccounts(tx, named, wallets);
  return [
    postings.map((p) => p.code),
    postings.map((p) => p.occurredAt),
    postings.map((p) => p.reference),
    postings.map((p) => p.partner ?? null),
    ids,
    entries.map((e) => e.n),
    entries.map((e) => placeOf(e.key)),
    entries.map((e) => e.available),
    entries.map((e) => e.held),
    entries.map((e) => e.pending),
    entries.map((e) => e.floor?.floor ?? null),
    entries.map((e) => e.floor?.name ?? null),
    opens.map((l) => l.n),
    opens.map((l) => l.id),
    opens.map((l) => placeOf(l.key)),
    opens.map((l) => l.issuer),
    opens.map((l) => l.origin),
    opens.map((l) => l.earnedAt),
    opens.map((l) => l.expiresAt ?? null),
    opens.map((l) => l.points),
    opens.map((l) => l.redemptionMicros),
    opens.map((l) => l.fundedMicros),
    opens.map((l) => l.parent ?? null),
    uses.map((u) => u.n),
    uses.map((u) => u.lotId),
    uses.map((u) => u.available),
    uses.map((u) => u.held),
    watchedEntries(postings, entries),
  ];
}

/** For each posting the number, from 1, of its entry on the account that it watches; null where there is none. */
function watchedEntries(postings: readonly Posting[], entries: readonly { readonly n: number; readonly key: string }[]): (number | null)[] {
  const watched: (number | null)[] = postings.map(() => null);
  const keys = postings.map((posting) => posting.watched && accountKey(posting.watched));
  for (const [at, { n, key }] of entries.entries()) if (keys[n - 1] === key) watched[n - 1] = at + 1;
  return watched;
}

/** Posts what must fit because it was decided under the locks: a refusal is a fault. */
export async function postDecided(tx: Tx, postings: readonly Posting[], wallets: readonly Wallet[]): Promise<void> {
  const refused = (await post(tx, postings, wallets)).findIndex((posted) => posted.refusal !== undefined);
  if (refused >= 0) throw new Error(`${postings[refused]?.code} was refused although it was decided under the lock of the wallet`);
}
