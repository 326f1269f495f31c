import type { BackOff } from './back-off.rules.ts';
import { BALANCE_CHANGED, type Balance, type BalanceCursor, type BalanceMessage, type BalanceNews, toBalance, toNews } from './balance.ts';
import { placeOf } from './balance-order.rules.ts';
import type { Keeper } from './keep-connected.ts';
import type { LiveError } from './live-error.ts';
import { runOperation } from './run-operation.ts';

/** A message that was not the next one of its currency. It is not shown. */
export interface BalanceGap {
  /** `REPEAT`: known already, and dropped. `GAP`: something before it is missing, and is asked for. */
  readonly kind: 'REPEAT' | 'GAP';
  /** Code of the point currency. */
  readonly currency: string;
  /** The version that was to come. */
  readonly expected: bigint;
  /** The version that came. */
  readonly received: bigint;
}

/** Whose balances to follow, and what to do with them. */
export interface BalancesWish {
  /** Id of the member; a member follows itself and leaves it out. */
  readonly memberId?: string | undefined;
  /** Versions that are there already, for instance from before a page was loaded again: what followed is told instead of a snapshot. */
  readonly after?: readonly BalanceCursor[] | undefined;
  /** Called with every balance: a snapshot of each currency, then each change once and in order. */
  readonly onBalance: (balance: Balance, news: BalanceNews) => void;
  /** Called when a message was dropped or is missing; nothing needs to be done. */
  readonly onGap?: ((gap: BalanceGap) => void) | undefined;
  /** Called once, when there will be no more: the server refused it, or the client gave up. */
  readonly onError: (error: LiveError) => void;
}

/** Follows a member's balances over as many connections as it takes. Answers how to stop. */
export function followBalances(keeper: Keeper, retry: BackOff, wish: BalancesWish): () => void {
  const versions = new Map(wish.after?.map(({ currency, version }) => [currency, version]));

  function take(message: BalanceMessage): void {
    const balance = toBalance(message);
    const { currency, version: received } = balance;
    const last = versions.get(currency);
    const kind = placeOf({ version: received, resync: message.resync }, last);
    if (kind === 'NEXT') {
      versions.set(currency, received);
      wish.onBalance(balance, toNews(message));
      return;
    }
    if (kind === 'GAP') operation.again();
    wish.onGap?.({ kind, currency, expected: (last ?? 0n) + 1n, received });
  }

  const operation = runOperation(keeper, retry, {
    payload: () => ({
      query: BALANCE_CHANGED,
      variables: { memberId: wish.memberId, after: [...versions].map(([currency, version]) => ({ currency, version })) },
    }),
    next: (data) => take((data as { readonly balanceChanged: BalanceMessage }).balanceChanged),
    failed: wish.onError,
  });
  return operation.stop;
}
