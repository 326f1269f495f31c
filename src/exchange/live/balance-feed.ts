import { type Coalition, coalitionNow } from '../../partners/coalition.ts';
import { readCoalitions } from '../../partners/load-coalition.ts';
import type { Database } from '../../platform/database.ts';
import { isDatabaseAway } from '../../platform/database-faults.ts';
import { type Feed, feed, type Running, type Sink } from '../../platform/live/feed.ts';
import { pauseAfterFailure } from '../../platform/live/recover.ts';
import { readTogether } from '../../platform/live/together.ts';
import { readWallets } from '../wallets/wallets.queries.ts';
import { type BalanceChangeType, toSnapshot } from './balance-change.types.ts';
import { watchWallets } from './follow-wallets.ts';
import { type Sight, toToldChange } from './sight.ts';
import { readChangesAfter, type WalletChange } from './wallet-changes.queries.ts';

/** More missed versions than this are not replayed; a snapshot stands for them. */
export const MAX_REPLAY = 1_000;
/** Changes that come while the database is asked are kept up to this number, and read again beyond it. */
const MAX_WAITING = 1_000;

const UNTOUCHED = { available: 0n, held: 0n, pending: 0n, version: 0n };

interface BalanceWish {
  readonly memberId: string;
  /** The last version that the subscriber has of a currency number: what followed is replayed instead of a snapshot. The feed goes on counting in it. */
  readonly cursors: Map<number, bigint>;
  readonly sight: Sight;
}

/** A member's balances and then every change of them, each currency's in the order of its versions without gap or repeat. */
export function balanceFeed(database: Database, wish: BalanceWish): Feed<BalanceChangeType> {
  return feed((sink) => startBalances(database, wish, sink));
}

function startBalances(database: Database, { memberId, cursors: told, sight }: BalanceWish, sink: Sink<BalanceChangeType>): Running {
  let coalition: Coalition;
  let stopped = false;
  let hasBegun = false;
  /** What has come while the database is asked; undefined while nothing is under way and changes go straight on. */
  let waiting: WalletChange[] | undefined = [];
  let missed = false;
  /** Messages were dropped on the way: nothing more is said before things are said as they stand. */
  let isBroken = false;

  const watch = watchWallets(database, memberId, (changes) => {
    if (waiting === undefined) {
      if (!tellAtOnce(changes)) void work(() => tell(changes));
    } else if (waiting.length + changes.length <= MAX_WAITING) waiting.push(...changes);
    else {
      waiting = [];
      missed = true;
    }
  });

  function stop(): void {
    stopped = true;
    watch.stop();
  }

  /** Does what needs the database, and then tells what came meanwhile. A database that is away only delays. */
  async function work(job: () => Promise<void>): Promise<void> {
    waiting = [];
    for (let next: (() => Promise<void>) | undefined = job; next !== undefined && !stopped; ) {
      try {
        await next();
        next = whatIsNext();
      } catch (error) {
        if (!isDatabaseAway(error)) {
          stop();
          sink.end(error);
        } else {
          await pauseAfterFailure();
          next = hasBegun ? bringUpToDate : begin;
        }
      }
    }
    waiting = undefined;
  }

  function whatIsNext(): (() => Promise<void>) | undefined {
    if (isBroken) return beginAgain;
    if (missed) {
      missed = false;
      return bringUpToDate;
    }
    if (waiting === undefined || waiting.length === 0) return undefined;
    const news = waiting;
    waiting = [];
    return () => tell(news);
  }

  function say(change: WalletChange, showsWhat: boolean): void {
    told.set(change.currencyNo, change.version);
    if (!isBroken) sink.next(toToldChange(coalition, change, showsWhat));
  }

  /** Tells changes that need nothing from the database: those that follow what was told, to who may know everything. */
  function tellAtOnce(changes: readonly WalletChange[]): boolean {
    if (sight !== 'ALL') return false;
    for (const change of changes) {
      const last = told.get(change.currencyNo) ?? 0n;
      if (change.version <= last) continue;
      if (change.version > last + 1n || !isKnown(coalition, change)) return false;
      say(change, true);
    }
    return true;
  }

  async function tell(changes: readonly WalletChange[]): Promise<void> {
    // A currency or partner may be newer than this subscription.
    if (!changes.every((change) => isKnown(coalition, change))) ({ coalition } = await coalitionNow(database));
    const seen = sight === 'ALL' ? undefined : await sight(changes);
    for (const change of changes) {
      const last = told.get(change.currencyNo) ?? 0n;
      if (change.version === last + 1n) say(change, seen?.has(change) ?? true);
      else if (change.version > last) await replay(change.currencyNo, last);
    }
  }

  /** Tells the changes after a version, from the database. */
  async function replay(currencyNo: number, after: bigint): Promise<void> {
    const changes = await readChangesAfter(database, memberId, currencyNo, after, MAX_REPLAY);
    told.set(currencyNo, after);
    await tell(changes);
  }

  async function readAll(each: (currencyNo: number, wallet: typeof UNTOUCHED) => Promise<void>): Promise<void> {
    const [{ coalition: present }, wallets] = await Promise.all([
      readTogether(database, readCoalitions, 'now'),
      readTogether(database, readWallets, memberId),
    ]);
    coalition = present;
    for (const { no } of coalition.currencies.toSorted((a, b) => a.no - b.no)) {
      await each(no, wallets.find(({ currencyNo }) => currencyNo === no) ?? UNTOUCHED);
    }
  }

  function snapshot(currencyNo: number, wallet: typeof UNTOUCHED): void {
    told.set(currencyNo, wallet.version);
    if (!isBroken) sink.next(toSnapshot(coalition, currencyNo, wallet));
  }

  async function begin(): Promise<void> {
    await watch.ready;
    if (sight !== 'ALL') await sight([]);
    await bringUpToDate();
    hasBegun = true;
  }

  async function beginAgain(): Promise<void> {
    isBroken = false;
    told.clear();
    await bringUpToDate();
  }

  /** Replays what followed what the subscriber has; where it has nothing, or too much was missed, a snapshot stands for it. */
  async function bringUpToDate(): Promise<void> {
    await readAll(async (currencyNo, wallet) => {
      const last = told.get(currencyNo);
      const missing = last === undefined ? -1n : wallet.version - last;
      if (last === undefined || missing < 0n || missing > BigInt(MAX_REPLAY)) snapshot(currencyNo, wallet);
      else if (missing > 0n) await replay(currencyNo, last);
    });
  }

  void work(begin);
  return {
    stop,
    restart() {
      isBroken = true;
      if (waiting === undefined) void work(beginAgain);
    },
  };
}

function isKnown(coalition: Coalition, { currencyNo, partnerId }: WalletChange): boolean {
  return (
    coalition.currencies.some(({ no }) => no === currencyNo) &&
    (partnerId === null || coalition.partners.some(({ id }) => id === partnerId))
  );
}
