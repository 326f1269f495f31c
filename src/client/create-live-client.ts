import { type BalancesWish, followBalances } from './follow-balances.ts';
import { keepConnected, type LiveState } from './keep-connected.ts';
import type { LiveError, OperationError } from './live-error.ts';
import { runOperation } from './run-operation.ts';
import { type WebSocketConstructor, webSocketOf } from './web-socket.ts';

export type { Balance, BalanceChange, BalanceCursor, BalanceNews } from './balance.ts';
export type { BalanceGap, BalancesWish } from './follow-balances.ts';
export type { LiveState } from './keep-connected.ts';
export { LiveError, type OperationError } from './live-error.ts';
export type { WebSocketConstructor, WebSocketLike } from './web-socket.ts';

/** Where the server is, who asks, and how patient the client is. */
export interface LiveClientOptions {
  /** Address of the socket, such as `wss://points.example.com/graphql`; a function is asked before every connection. */
  readonly url: string | (() => string | Promise<string>);
  /**
   * Asked for a token before every connection. `refused` is the one that the server took last time no more: a token that was put aside and
   * equals it is to be fetched anew. The same token refused three times in a row ends the client.
   */
  readonly token: (refused: string | undefined) => string | Promise<string>;
  /** `WebSocket` of the package ws, where there is none of the place itself. */
  readonly webSocketImpl?: WebSocketConstructor | undefined;
  /** Called when the client stands differently; `reason` says why it waits, or has closed by itself. */
  readonly onState?: ((state: LiveState, reason: LiveError | undefined) => void) | undefined;
  /** How often the server is asked whether it is there; 10,000 ms. */
  readonly pingEveryMs?: number | undefined;
  /** How long its answer may take before the connection counts as dead; 5,000 ms. */
  readonly pongWithinMs?: number | undefined;
  /** How long a connection, its token included, may take to come about; 10,000 ms. */
  readonly connectWithinMs?: number | undefined;
  /** The pause before the first attempt to come back, which doubles with every further one; 100 ms. Up to a half is taken off by chance. */
  readonly firstRetryMs?: number | undefined;
  /** The longest pause; 10,000 ms. */
  readonly longestRetryMs?: number | undefined;
}

/** Any subscription, and what to do with what it brings. */
export interface FollowWish<Data> {
  /** The document, with one subscription. */
  readonly query: string;
  /** Its variables; a bigint is sent as a string. */
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  /** Called with the data of every message, and with the errors of those of its parts that could not be told. */
  readonly onNext: (data: Data, errors: readonly OperationError[]) => void;
  /** Called once, when there will be no more: the server refused it, or the client gave up. */
  readonly onError: (error: LiveError) => void;
}

/** One connection to the server, opened when something is followed, and again whenever it is lost. */
export interface LiveClient {
  /** Follows a member's balances: every change once and in order, also those of the time without a connection. Answers how to stop. */
  balances(wish: BalancesWish): () => void;
  /** Follows any other subscription; after a reconnection it begins anew, with its snapshot if it has one. Answers how to stop. */
  follow<Data>(wish: FollowWish<Data>): () => void;
  /** Stops everything, for good. */
  close(): void;
}

/** A client for what happens live. It connects when something is followed, and not before. */
export function createLiveClient(options: LiveClientOptions): LiveClient {
  const { pingEveryMs = 10_000, pongWithinMs = 5_000, connectWithinMs = 10_000, firstRetryMs = 100, longestRetryMs = 10_000 } = options;
  const retry = { firstMs: firstRetryMs, longestMs: longestRetryMs };
  const keeper = keepConnected({
    url: options.url,
    token: options.token,
    webSocket: webSocketOf(options.webSocketImpl),
    onState: (state, reason) => queueMicrotask(() => options.onState?.(state, reason)),
    pingEveryMs,
    pongWithinMs,
    connectWithinMs,
    retry,
  });
  return {
    balances: (wish) => followBalances(keeper, retry, wish),
    follow: ({ query, variables = {}, onNext, onError }) => {
      const payload = { query, variables };
      return runOperation(keeper, retry, { payload: () => payload, next: (data, errors) => onNext(data as never, errors), failed: onError })
        .stop;
    },
    close: () => keeper.close(),
  };
}
