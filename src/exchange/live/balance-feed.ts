import { type Coalition, coalitionNow } from '../../partners/coalition.ts';
import { readCoalitions } from '../../partners/load-coalition.ts';
import type { Database } from '../../platform/database.ts';
import { isDatabaseAway } from '../../platform/database-faults.ts';
import { type Feed, feed, type Running, type Sink } from '../../platform/live/feed.ts';
import type { Following } from '../../platform/live/follow.ts';
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
  return feed((sink) => new Balances(database, wish, sink));
}

/** One subscriber's balances. A class, as tens of thousands of these are kept: functions of its own would be most of what one takes. */
class Balances implements Running {
  readonly #database: Database;
  readonly #memberId: string;
  readonly #told: Map<number, bigint>;
  readonly #sight: Sight;
  readonly #sink: Sink<BalanceChangeType>;
  readonly #watch: Following;
  #coalition: Coalition | undefined;
  #stopped = false;
  #hasBegun = false;
  /** What has come while the database is asked; undefined while nothing is under way and changes go straight on. */
  #waiting: WalletChange[] | undefined = [];
  #missed = false;
  /** Messages were dropped on the way: nothing more is said before things are said as they stand. */
  #isBroken = false;

  constructor(database: Database, { memberId, cursors, sight }: BalanceWish, sink: Sink<BalanceChangeType>) {
    this.#database = database;
    this.#memberId = memberId;
    this.#told = cursors;
    this.#sight = sight;
    this.#sink = sink;
    this.#watch = watchWallets(database, memberId, (changes) => this.#take(changes));
    void this.#work(() => this.#begin());
  }

  stop(): void {
    this.#stopped = true;
    this.#watch.stop();
  }

  restart(): void {
    this.#isBroken = true;
    if (this.#waiting === undefined) void this.#work(() => this.#beginAgain());
  }

  #take(changes: readonly WalletChange[]): void {
    if (this.#waiting === undefined) {
      if (!this.#tellAtOnce(changes)) void this.#work(() => this.#tell(changes));
    } else if (this.#waiting.length + changes.length <= MAX_WAITING) this.#waiting.push(...changes);
    else {
      this.#waiting = [];
      this.#missed = true;
    }
  }

  /** Does what needs the database, and then tells what came meanwhile. A database that is away only delays. */
  async #work(job: () => Promise<void>): Promise<void> {
    this.#waiting = [];
    for (let next: (() => Promise<void>) | undefined = job; next !== undefined && !this.#stopped; ) {
      try {
        await next();
        next = this.#whatIsNext();
      } catch (error) {
        if (!isDatabaseAway(error)) {
          this.stop();
          this.#sink.end(error);
        } else {
          await pauseAfterFailure();
          next = this.#hasBegun ? () => this.#bringUpToDate() : () => this.#begin();
        }
      }
    }
    this.#waiting = undefined;
  }

  #whatIsNext(): (() => Promise<void>) | undefined {
    if (this.#isBroken) return () => this.#beginAgain();
    if (this.#missed) {
      this.#missed = false;
      return () => this.#bringUpToDate();
    }
    if (this.#waiting === undefined || this.#waiting.length === 0) return undefined;
    const news = this.#waiting;
    this.#waiting = [];
    return () => this.#tell(news);
  }

  #say(change: WalletChange, showsWhat: boolean): void {
    this.#told.set(change.currencyNo, change.version);
    if (!this.#isBroken) this.#sink.next(toToldChange(this.#configuration(), change, showsWhat));
  }

  /** Tells changes that need nothing from the database: those that follow what was told, to who may know everything. */
  #tellAtOnce(changes: readonly WalletChange[]): boolean {
    if (this.#sight !== 'ALL') return false;
    for (const change of changes) {
      const last = this.#told.get(change.currencyNo) ?? 0n;
      if (change.version <= last) continue;
      if (change.version > last + 1n || !isKnown(this.#configuration(), change)) return false;
      this.#say(change, true);
    }
    return true;
  }

  async #tell(changes: readonly WalletChange[]): Promise<void> {
    // A currency or partner may be newer than this subscription.
    if (!changes.every((change) => isKnown(this.#configuration(), change)))
      this.#coalition = (await coalitionNow(this.#database)).coalition;
    const seen = this.#sight === 'ALL' ? undefined : await this.#sight(changes);
    for (const change of changes) {
      const last = this.#told.get(change.currencyNo) ?? 0n;
      if (change.version === last + 1n) this.#say(change, seen?.has(change) ?? true);
      else if (change.version > last) await this.#replay(change.currencyNo, last);
    }
  }

  /** Tells the changes after a version, from the database. */
  async #replay(currencyNo: number, after: bigint): Promise<void> {
    const changes = await readChangesAfter(this.#database, this.#memberId, currencyNo, after, MAX_REPLAY);
    this.#told.set(currencyNo, after);
    await this.#tell(changes);
  }

  async #begin(): Promise<void> {
    await this.#watch.ready;
    if (this.#sight !== 'ALL') await this.#sight([]);
    await this.#bringUpToDate();
    this.#hasBegun = true;
  }

  async #beginAgain(): Promise<void> {
    this.#isBroken = false;
    this.#told.clear();
    await this.#bringUpToDate();
  }

  /** Replays what followed what the subscriber has; where it has nothing, or too much was missed, a snapshot stands for it. */
  async #bringUpToDate(): Promise<void> {
    const [{ coalition }, wallets] = await Promise.all([
      readTogether(this.#database, readCoalitions, 'now'),
      readTogether(this.#database, readWallets, this.#memberId),
    ]);
    this.#coalition = coalition;
    for (const { no } of coalition.currencies.toSorted((a, b) => a.no - b.no)) {
      const wallet = wallets.find(({ currencyNo }) => currencyNo === no) ?? UNTOUCHED;
      const last = this.#told.get(no);
      const missing = last === undefined ? -1n : wallet.version - last;
      if (last === undefined || missing < 0n || missing > BigInt(MAX_REPLAY)) this.#snapshot(no, wallet);
      else if (missing > 0n) await this.#replay(no, last);
    }
  }

  #snapshot(currencyNo: number, wallet: typeof UNTOUCHED): void {
    this.#told.set(currencyNo, wallet.version);
    if (!this.#isBroken) this.#sink.next(toSnapshot(this.#configuration(), currencyNo, wallet));
  }

  #configuration(): Coalition {
    if (this.#coalition === undefined) throw new Error('a subscriber is told nothing before the configuration is known');
    return this.#coalition;
  }
}

function isKnown(coalition: Coalition, { currencyNo, partnerId }: WalletChange): boolean {
  return (
    coalition.currencies.some(({ no }) => no === currencyNo) &&
    (partnerId === null || coalition.partners.some(({ id }) => id === partnerId))
  );
}
