import { type Db, isPool } from '../../platform/database.ts';

/** A kind of sums over the entries of accounts, which add up by a key. */
export interface Sums<Sum> {
  readonly name: string;
  keyOf(sum: Sum): string;
  plus(one: Sum, other: Sum): Sum;
}

/** What a statement finds: an account that went on since it was last read, and one of the sums that came; or a sum of what is no account's. */
export interface Found<Sum> {
  readonly cycle: number;
  readonly accountId: bigint | null;
  readonly version: bigint | null;
  readonly sum: Sum | undefined;
}

/** Accounts of which sums are known, and up to which version. */
export interface Known {
  readonly accountIds: readonly bigint[];
  readonly versions: readonly bigint[];
}

/** Sums of an account in one cycle, up to a version of it. */
interface Progress<Sum> {
  readonly cycle: number;
  readonly version: bigint;
  readonly sums: readonly Sum[];
}

/**
 * Sums over the entries of the open cycle, account by account. A cycle may hold millions of entries, and entries never change: sums are
 * remembered with the version of the account that they reach to, and only what came since is read, in one statement. Sums of accounts
 * that were not asked for now may be old ones. Not remembered inside a transaction, which could see what is rolled back later.
 */
export async function readOn<Sum>(db: Db, kind: Sums<Sum>, read: (known: Known) => Promise<Found<Sum>[]>): Promise<Sum[]> {
  const remembered = isPool(db) ? memoryOf(db, kind) : new Map<bigint, Progress<Sum>>();
  const known = new Map(remembered);
  const rows = await read({ accountIds: [...known.keys()], versions: [...known.values()].map(({ version }) => version) });
  const cycle = rows[0]?.cycle;
  const sumsOf = (found: readonly Found<Sum>[] | undefined) => (found ?? []).flatMap(({ sum }) => (sum === undefined ? [] : [sum]));
  const news = Map.groupBy(rows, ({ accountId }) => accountId);
  for (const [accountId, found] of news) {
    const version = found[0]?.version ?? null;
    if (accountId === null || version === null || cycle === undefined) continue;
    const before = known.get(accountId);
    const progress = { cycle, version, sums: added(kind, [...(before?.cycle === cycle ? before.sums : []), ...sumsOf(found)]) };
    known.set(accountId, progress);
    // Others may have read on in the meantime.
    if (version >= (remembered.get(accountId)?.version ?? 0n)) remembered.set(accountId, progress);
  }
  const ofCycle = [...known.values()].flatMap((progress) => (progress.cycle === cycle ? progress.sums : []));
  return added(kind, [...ofCycle, ...sumsOf(news.get(null))]);
}

function added<Sum>(kind: Sums<Sum>, sums: readonly Sum[]): Sum[] {
  const byKey = new Map<string, Sum>();
  for (const sum of sums) {
    const key = kind.keyOf(sum);
    const other = byKey.get(key);
    byKey.set(key, other === undefined ? sum : kind.plus(other, sum));
  }
  return [...byKey.values()];
}

function memoryOf<Sum>(db: Db, { name }: Sums<Sum>): Map<bigint, Progress<Sum>> {
  const key = `settlement.${name}`;
  const known = db.memory.get(key) as Map<bigint, Progress<Sum>> | undefined;
  if (known !== undefined) return known;
  const empty = new Map<bigint, Progress<Sum>>();
  db.memory.set(key, empty);
  return empty;
}
