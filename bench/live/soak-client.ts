// A client with a hard life: it is cut off, hangs, reads slowly, and comes back at another gateway with the last versions it has.

import { type BalanceBook, openBalanceBook } from './balance-book.ts';
import { type Change, changeIn, openSession, type Session } from './session.ts';

export interface Followed {
  readonly memberUuid: string;
  /** Named where the client is not the member itself. */
  readonly memberId?: string;
}

export interface Life {
  readonly token: string;
  readonly followed: readonly Followed[];
  /** A port of a gateway, another one than that where that is possible. */
  port(not: number): number;
  /** Whether it hangs for long now and then, and nothing else happens to it. */
  readonly isSlow: boolean;
  happened(what: string): void;
  heard(verdict: ReturnType<BalanceBook['take']>, followed: Followed, change: Change): void;
}

export interface SoakClient {
  readonly books: readonly { readonly followed: Followed; readonly book: BalanceBook }[];
  /** Where it is, for who wants to know why it has not heard. */
  whereabouts(): string;
  /** From now on nothing happens to it any more. */
  settle(): void;
  end(): void;
}

const between = (least: number, most: number): number => least + Math.random() * (most - least);
const ABANDONED_FOR_MS = 30_000;

export function startSoakClient({ token, followed, port, isSlow, happened, heard }: Life): SoakClient {
  const books = followed.map((who) => ({ followed: who, book: openBalanceBook() }));
  const abandoned = new Set<Session>();
  let current: Session | undefined;
  let at = 0;
  let since = performance.now();
  let isReady = false;
  let isSettled = false;
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;

  function connect(): void {
    at = port(at);
    since = performance.now();
    isReady = false;
    const session: Session = openSession(at, token, {
      ready() {
        isReady = true;
        for (const [no, { followed: who, book }] of books.entries()) {
          const after = [...book.last].map(([currency, { version }]) => ({ currency, version: String(version) }));
          session.subscribe(String(no), {
            ...(who.memberId !== undefined && { memberId: who.memberId }),
            ...(after.length > 0 && { after }),
          });
        }
        plan();
      },
      text(payload) {
        if (session !== current) return;
        try {
          const { id, change } = changeIn(payload);
          const own = books[Number(id)];
          if (own !== undefined) heard(own.book.take(change), own.followed, change);
        } catch {
          happened(`was told: ${payload.toString().slice(0, 200)}`);
          leave(() => session.socket.destroy());
        }
      },
      closed(code, reason) {
        abandoned.delete(session);
        if (session !== current) return;
        if (code !== undefined) happened(`closed by the server: ${code} ${reason}`.trim());
        leave(() => undefined);
      },
    });
    current = session;
  }

  /** Parts with the socket and comes back a little later. */
  function leave(part: () => void): void {
    clearTimeout(timer);
    current = undefined;
    part();
    if (!isOver) timer = setTimeout(connect, between(20, 500));
  }

  function plan(): void {
    clearTimeout(timer);
    if (isSettled || isOver) return;
    timer = setTimeout(isSlow ? () => hang(25_000, 45_000) : suffer, isSlow ? between(1_000, 10_000) : between(2_000, 40_000));
  }

  function suffer(): void {
    const session = current;
    const fate = Math.random();
    if (session === undefined) return;
    if (fate < 0.5) {
      happened('cut off');
      leave(() => session.socket.destroy());
    } else if (fate < 0.75) {
      happened('half-open');
      leave(() => {
        session.socket.pause();
        abandoned.add(session);
        setTimeout(() => session.socket.destroy(), ABANDONED_FOR_MS).unref();
      });
    } else hang(2_000, 15_000);
  }

  function hang(least: number, most: number): void {
    const session = current;
    happened('read nothing for a while');
    session?.socket.pause();
    timer = setTimeout(
      () => {
        session?.socket.resume();
        plan();
      },
      between(least, most),
    );
  }

  connect();
  return {
    books,
    whereabouts: () =>
      `${current === undefined ? 'away' : isReady ? 'ready' : 'connecting'} at ${at} since ${Math.round((performance.now() - since) / 1_000)} s`,
    settle() {
      isSettled = true;
      current?.socket.resume();
      if (current !== undefined) clearTimeout(timer);
    },
    end() {
      isOver = true;
      clearTimeout(timer);
      for (const session of abandoned) session.socket.destroy();
      current?.socket.destroy();
    },
  };
}
