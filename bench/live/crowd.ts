// Many clients opened a few at a time, and when the first and the last of them heard something.

import { wallClock } from '../figures.ts';
import { openSocket, type RawSocket } from './raw-socket.ts';
import { changeIn, openSession, type Variables } from './session.ts';

export interface Hearing {
  /** When the first and the last of them heard it. */
  readonly first: number;
  readonly last: number;
  readonly text: string;
}

export interface Crowd {
  readonly sockets: readonly RawSocket[];
  /** Resolves when every one heard one more message. */
  hear(): Promise<Hearing>;
}

const AT_A_TIME = 100;
const PATIENCE_MS = 60_000;

/** Does work for every number below `count`, some of them at a time. */
export async function forEach(count: number, atATime: number, work: (no: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let no = next++; no < count; no = next++) await work(no);
  };
  await Promise.all(Array.from({ length: atATime }, lane));
}

function counter(expected: () => number) {
  let heard = 0;
  let first = 0;
  let done: PromiseWithResolvers<Hearing> | undefined;
  return {
    message(payload: Buffer): void {
      if (done === undefined) return;
      if (heard === 0) first = wallClock();
      heard += 1;
      if (heard < expected()) return;
      done.resolve({ first, last: wallClock(), text: payload.toString() });
      done = undefined;
    },
    hear(): Promise<Hearing> {
      heard = 0;
      const own = Promise.withResolvers<Hearing>();
      done = own;
      const impatience = setTimeout(() => own.reject(new Error(`only ${heard} of ${expected()} sockets heard it`)), PATIENCE_MS);
      return own.promise.finally(() => clearTimeout(impatience));
    },
  };
}

/** Sockets that only count what they hear. */
export async function openPlain(port: number, count: number): Promise<Crowd> {
  const sockets: RawSocket[] = [];
  const { message, hear } = counter(() => count);
  await forEach(count, AT_A_TIME, async () => {
    const opened = Promise.withResolvers<void>();
    sockets.push(
      openSocket(port, '/', undefined, {
        open: opened.resolve,
        text: message,
        closed: (code) => opened.reject(new Error(`the peer closed a socket: ${code}`)),
      }),
    );
    await opened.promise;
  });
  return { sockets, hear };
}

export interface Seat {
  readonly token: string;
  readonly subscriptions: readonly Variables[];
}

/** Clients that have subscribed and have all their snapshots. From then on they only count. */
export async function openSubscribed(port: number, currencies: number, seats: readonly Seat[], atATime = AT_A_TIME): Promise<Crowd> {
  const sockets: RawSocket[] = [];
  const { message, hear } = counter(() => seats.length);
  await forEach(seats.length, atATime, async (no) => {
    const seat = seats[no];
    if (seat === undefined) return;
    const complete = Promise.withResolvers<void>();
    let missing = currencies * seat.subscriptions.length;
    const session = openSession(port, seat.token, {
      ready: () => {
        for (const [at, variables] of seat.subscriptions.entries()) session.subscribe(String(at + 1), variables);
      },
      text(payload) {
        if (missing === 0) message(payload);
        else {
          changeIn(payload);
          missing -= 1;
          if (missing === 0) complete.resolve();
        }
      },
      closed: (code, reason) => complete.reject(new Error(`a socket was closed: ${code} ${reason}`)),
    });
    sockets.push(session.socket);
    await complete.promise;
  });
  return { sockets, hear };
}
