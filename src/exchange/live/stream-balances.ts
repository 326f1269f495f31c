import { type Coalition, coalitionNow } from '../../partners/coalition.ts';
import type { Database } from '../../platform/database.ts';
import { readWallets } from '../wallets/wallets.queries.ts';
import { type BalanceChangeType, toBalanceChange, toSnapshot } from './balance-change.types.ts';
import { type Watch, watchWallets } from './follow-wallets.ts';
import { BEHIND } from './inbox.ts';
import { readChangesAfter, type WalletChange } from './wallet-changes.queries.ts';

/** More missed versions than this are not replayed; a snapshot stands for them. */
export const MAX_REPLAY = 1_000;

const UNTOUCHED = { available: 0n, held: 0n, pending: 0n, version: 0n };

/**
 * A member's balances and then every change of them, each currency's in the order of its versions without gap or repeat.
 * `cursors` holds the last version that the subscriber has of a currency number: those are replayed instead of a snapshot.
 * `showsWhat` says of which changes the subscriber learns what they were.
 */
export function streamBalances(
  database: Database,
  memberId: string,
  cursors: ReadonlyMap<number, bigint>,
  showsWhat: (change: WalletChange) => boolean,
): AsyncGenerator<BalanceChangeType> {
  const watch = watchWallets(database, memberId);
  const messages = generate(database, memberId, cursors, showsWhat, watch);
  // A generator that waits for the next change does not hear `return`: closing its inbox wakes it.
  const end = (): void => watch.stop();
  return {
    next: () => messages.next(),
    return: (value) => {
      end();
      return messages.return(value);
    },
    throw: (error) => {
      end();
      return messages.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      end();
    },
  };
}

function isKnown(coalition: Coalition, { currencyNo, partnerId }: WalletChange): boolean {
  return (
    coalition.currencies.some(({ no }) => no === currencyNo) &&
    (partnerId === null || coalition.partners.some(({ id }) => id === partnerId))
  );
}

async function* generate(
  database: Database,
  memberId: string,
  cursors: ReadonlyMap<number, bigint>,
  showsWhat: (change: WalletChange) => boolean,
  watch: Watch,
): AsyncGenerator<BalanceChangeType> {
  const last = new Map<number, bigint>();
  let coalition: Coalition;

  async function* readOn(currencyNo: number): AsyncGenerator<WalletChange> {
    for (let full = true; full; ) {
      const changes = await readChangesAfter(database, memberId, currencyNo, last.get(currencyNo) ?? 0n, MAX_REPLAY);
      full = changes.length === MAX_REPLAY;
      for (const change of changes) {
        last.set(currencyNo, change.version);
        yield change;
      }
    }
  }

  async function* follow(changes: readonly WalletChange[]): AsyncGenerator<WalletChange> {
    for (const change of changes) {
      const known = last.get(change.currencyNo) ?? 0n;
      if (change.version === known + 1n) {
        last.set(change.currencyNo, change.version);
        yield change;
      } else if (change.version > known) yield* readOn(change.currencyNo);
    }
  }

  try {
    await Promise.race([watch.ready, watch.closed]);
    ({ coalition } = await coalitionNow(database));
    const [wallets = []] = await readWallets(database, [memberId]);
    for (const { no } of coalition.currencies.toSorted((a, b) => a.no - b.no)) {
      const wallet = wallets.find((stored) => stored.currencyNo === no) ?? UNTOUCHED;
      const cursor = cursors.get(no);
      if (cursor !== undefined && cursor <= wallet.version && wallet.version - cursor <= BigInt(MAX_REPLAY)) {
        last.set(no, cursor);
        for await (const change of readOn(no)) yield toBalanceChange(coalition, change, showsWhat(change));
      } else {
        last.set(no, wallet.version);
        yield toSnapshot(coalition, no, wallet);
      }
    }
    for (;;) {
      const news = await watch.inbox.next();
      if (news === undefined) return;
      for await (const change of news === BEHIND ? catchUp() : follow(news)) {
        // A currency or partner may be newer than this subscription.
        if (!isKnown(coalition, change)) ({ coalition } = await coalitionNow(database));
        yield toBalanceChange(coalition, change, showsWhat(change));
      }
    }
  } finally {
    watch.stop();
  }

  async function* catchUp(): AsyncGenerator<WalletChange> {
    const [wallets = []] = await readWallets(database, [memberId]);
    for (const { currencyNo } of wallets) yield* readOn(currencyNo);
  }
}
