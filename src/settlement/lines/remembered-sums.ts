import { type Db, isPool } from '../../platform/database.ts';
import { remembered } from '../../platform/remembered.ts';
import type { Cycle } from '../cycles/cycle.ts';
import { readProgress } from './progress.queries.ts';

/** A kind of sums over the entries of accounts, which add up by a key. */
export interface Sums<Sum> {
  readonly name: string;
  /** Whether `rollUp` keeps them in the database too. */
  readonly isKept?: true;
  keyOf(sum: Sum): string;
  plus(one: Sum, other: Sum): Sum;
}

/** What a statement finds: an account that went on since it was last read, and one of the sums that came; or a sum of what is no account's. */
export interface Found<Sum> {
  readonly accountId: bigint | null;
  readonly version: bigint | null;
  readonly sum: Sum | undefined;
}

/** The cycle that is read, the accounts of which sums are known, and up to which version. */
export interface Known {
  readonly cycleNo: number;
  /** What was recorded from this instant on is left for later. */
  readonly recordedBefore?: Date;
  readonly accountIds: readonly bigint[];
  readonly versions: readonly bigint[];
}

/** Sums of an account in one cycle, up to a version of it. */
export interface Progress<Sum> {
  readonly cycle: number;
  readonly version: bigint;
  readonly sums: readonly Sum[];
}

/**
 * Sums over the entries of a cycle, account by account. A cycle may hold millions of entries, and entries never change: of the open cycle,
 * sums are remembered with the version of the account that they reach to, and only what came since is read, in one statement. Sums of
 * accounts that were not asked for now may be old ones. Not remembered inside a transaction, which could see what is rolled back later.
 */
export async function readOn<Sum>(db: Db, kind: Sums<Sum>, cycle: Cycle, read: (known: Known) => Promise<Found<Sum>[]>): Promise<Sum[]> {
  const remembered = cycle.status === 'OPEN' && isPool(db) ? memoryOf(db, kind) : new Map<bigint, Progress<Sum>>();
  if (kind.isKept && ![...remembered.values()].some((reached) => reached.cycle === cycle.no)) {
    for (const [accountId, reached] of await readProgress<Sum>(db, kind.name, cycle)) remembered.set(accountId, reached);
  }
  const { progress, loose } = await readFrom(kind, cycle, remembered, read);
  for (const [accountId, reached] of progress) {
    // Others may have read on in the meantime.
    if (reached.version >= (remembered.get(accountId)?.version ?? 0n)) remembered.set(accountId, reached);
  }
  return added(kind, [...[...progress.values()].flatMap(({ sums }) => sums), ...loose]);
}

/** What is known of a cycle's accounts once more was read, and the sums that are no account's. */
export async function readFrom<Sum>(
  kind: Sums<Sum>,
  cycle: Cycle,
  remembered: ReadonlyMap<bigint, Progress<Sum>>,
  read: (known: Known) => Promise<Found<Sum>[]>,
  recordedBefore?: Date,
): Promise<{ progress: Map<bigint, Progress<Sum>>; loose: Sum[] }> {
  const progress = new Map([...remembered].filter(([, reached]) => reached.cycle === cycle.no));
  const known = { accountIds: [...progress.keys()], versions: [...progress.values()].map(({ version }) => version) };
  const rows = await read({ cycleNo: cycle.no, ...known, ...(recordedBefore && { recordedBefore }) });
  const sumsOf = (found: readonly Found<Sum>[] | undefined) => (found ?? []).flatMap(({ sum }) => (sum === undefined ? [] : [sum]));
  const news = Map.groupBy(rows, ({ accountId }) => accountId);
  for (const [accountId, found] of news) {
    const version = found[0]?.version ?? null;
    if (accountId === null || version === null) continue;
    progress.set(accountId, { cycle: cycle.no, version, sums: added(kind, [...(progress.get(accountId)?.sums ?? []), ...sumsOf(found)]) });
  }
  return { progress, loose: sumsOf(news.get(null)) };
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
  return remembered(db, `settlement.${name}`, () => new Map<bigint, Progress<Sum>>());
}
