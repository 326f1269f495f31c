import { type BackOff, pauseAfter, STEADY_MS } from './back-off.rules.ts';
import { LiveError } from './live-error.ts';
import { judge } from './loss.rules.ts';
import { type Connection, openConnection } from './open-connection.ts';
import { areInVain } from './refusals.rules.ts';
import type { WebSocketConstructor } from './web-socket.ts';

/**
 * How the client stands: `idle` without subscriptions, `connecting`, `live`, `waiting` before it tries again, `closed` for good.
 */
export type LiveState = 'idle' | 'connecting' | 'live' | 'waiting' | 'closed';

/** What needs a connection, and is told when there is a new one. */
export interface Guest {
  arrive(connection: Connection): void;
  /** The connection is gone; another one may come. */
  leave(): void;
  /** There will be no other connection. */
  giveUp(error: LiveError): void;
}

export interface Keeper {
  add(guest: Guest): void;
  remove(guest: Guest): void;
  close(): void;
}

export interface KeeperOptions {
  readonly url: string | (() => string | Promise<string>);
  readonly token: (refused: string | undefined) => string | Promise<string>;
  readonly webSocket: WebSocketConstructor;
  readonly onState: (state: LiveState, reason: LiveError | undefined) => void;
  readonly pingEveryMs: number;
  readonly pongWithinMs: number;
  readonly connectWithinMs: number;
  readonly retry: BackOff;
}

/** So many faults of the server in a row are borne. With the pauses between them that takes the better part of a minute. */
const FAULTS_BORNE = 10;

/** Keeps one connection as long as there are guests: opens it again whenever it is lost, until that is in vain. */
export function keepConnected(options: KeeperOptions): Keeper {
  const guests = new Set<Guest>();
  let state: LiveState = 'idle';
  let connection: Connection | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Number of the attempt: what an earlier one still brings is late. */
  let attempt = 0;
  let liveSince: number | undefined;
  let failures = 0;
  let faults = 0;
  let refused: string[] = [];
  let closedBy: LiveError | undefined;

  function become(next: LiveState, reason?: LiveError): void {
    if (state === next) return;
    state = next;
    options.onState(next, reason);
  }

  async function open(): Promise<void> {
    attempt += 1;
    const own = attempt;
    const mine = (): boolean => own === attempt;
    timer = setTimeout(() => lost(new Error('The connection did not come about in time.')), options.connectWithinMs);
    become('connecting');
    let address: { readonly url: string; readonly token: string };
    try {
      const url = typeof options.url === 'function' ? await options.url() : options.url;
      address = { url, token: await options.token(refused.at(-1)) };
    } catch (error) {
      if (mine()) lost(error);
      return;
    }
    if (!mine()) return;
    try {
      connection = openConnection(
        { ...options, ...address },
        {
          live: () => mine() && arrived(),
          lost: (cause) => mine() && lost(cause, address.token),
        },
      );
    } catch (error) {
      closeWith(
        new LiveError(`No socket can be opened to ${address.url}: ${error instanceof Error ? error.message : error}`, { cause: error }),
      );
    }
  }

  function arrived(): void {
    clearTimeout(timer);
    liveSince = performance.now();
    become('live');
    for (const guest of [...guests]) if (connection !== undefined) guest.arrive(connection);
  }

  /** Leaves whatever there is of a connection. */
  function leave(): void {
    attempt += 1;
    clearTimeout(timer);
    connection?.end();
    connection = undefined;
    liveSince = undefined;
    for (const guest of guests) guest.leave();
  }

  function lost(cause: unknown, token?: string): void {
    const wasSteady = liveSince !== undefined && performance.now() - liveSince >= STEADY_MS;
    leave();
    if (wasSteady) forgive();
    failures += 1;
    const { verdict, error } = judge(cause);
    if (verdict === 'FAULT') faults += 1;
    if (verdict === 'REFUSED' && token !== undefined) refused.push(token);
    if (verdict === 'FATAL' || faults >= FAULTS_BORNE || areInVain(refused)) {
      closeWith(error);
      return;
    }
    timer = setTimeout(open, pauseAfter(failures, options.retry, Math.random()));
    become('waiting', error);
  }

  function forgive(): void {
    failures = 0;
    faults = 0;
    refused = [];
  }

  function closeWith(error: LiveError | undefined): void {
    leave();
    closedBy = error ?? new LiveError('The client is closed.');
    const left = [...guests];
    guests.clear();
    become('closed', error);
    if (error !== undefined) for (const guest of left) guest.giveUp(error);
  }

  return {
    add(guest) {
      if (closedBy !== undefined) {
        guest.giveUp(closedBy);
        return;
      }
      guests.add(guest);
      if (state === 'live' && connection !== undefined) guest.arrive(connection);
      else if (state === 'idle') void open();
    },
    remove(guest) {
      if (!guests.delete(guest)) return;
      guest.leave();
      if (guests.size > 0 || closedBy !== undefined) return;
      leave();
      forgive();
      become('idle');
    },
    close() {
      if (closedBy === undefined) closeWith(undefined);
    },
  };
}
