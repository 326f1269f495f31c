import { type BackOff, pauseAfter, STEADY_MS } from './back-off.rules.ts';
import type { Guest, Keeper } from './keep-connected.ts';
import { codeOf, LiveError, type OperationError } from './live-error.ts';
import type { Connection, Payload, Result } from './open-connection.ts';

/** A subscription that outlives its connections. */
export interface RunningOperation {
  /** Subscribes anew, at once unless it did so a moment ago: something was missed. */
  again(): void;
  /** Ends it for good. */
  stop(): void;
}

interface Wish {
  /** What to subscribe to, asked anew every time. */
  payload(): Payload;
  next(data: unknown, errors: readonly OperationError[]): void;
  failed(error: LiveError): void;
}

/** So many faults in a row are borne, such as those of a server whose database restarts. */
const FAULTS_BORNE = 10;
const FAULTS: ReadonlySet<string | undefined> = new Set(['INTERNAL_SERVER_ERROR', 'SERVICE_UNAVAILABLE']);

/** Subscribes on every connection that there is, and again when the server ends the subscription or has a fault. */
export function runOperation(keeper: Keeper, retry: BackOff, wish: Wish): RunningOperation {
  let connection: Connection | undefined;
  let leaveOff: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Number of the subscription: what an earlier one still brings is late. */
  let run = 0;
  let startedAt = 0;
  let restarts = 0;
  let faults = 0;
  let stopped = false;

  function start(): void {
    run += 1;
    const own = run;
    const mine = (): boolean => own === run;
    startedAt = performance.now();
    // In a task of its own, what the caller throws is the caller's, and does not end the connection.
    const later = (what: () => void): void => queueMicrotask(() => mine() && what());
    leaveOff = connection?.subscribe(wish.payload(), {
      next: (result) => later(() => take(result)),
      failed: (errors) => later(() => failed(errors)),
      ended: () => later(again),
    });
  }

  function take({ data, errors = [] }: Result): void {
    if (data === undefined || data === null) {
      failed(errors);
      return;
    }
    faults = 0;
    wish.next(data, errors);
  }

  function pause(): void {
    run += 1;
    clearTimeout(timer);
    leaveOff?.();
    leaveOff = undefined;
  }

  function again(): void {
    pause();
    if (performance.now() - startedAt >= STEADY_MS) restarts = 0;
    restarts += 1;
    if (restarts === 1) start();
    else timer = setTimeout(start, pauseAfter(restarts - 1, retry, Math.random()));
  }

  function failed(errors: readonly OperationError[]): void {
    const code = codeOf(errors);
    const error = new LiveError(errors.map(({ message }) => message).join(' ') || 'The subscription failed.', { code, errors });
    // The token has ended, or never was one: the socket goes, as it does when the server says so by closing it.
    if (code === 'UNAUTHENTICATED') connection?.drop({ code: 4403, reason: error.message });
    else if (FAULTS.has(code) && faults < FAULTS_BORNE - 1) {
      faults += 1;
      again();
    } else {
      keeper.remove(guest);
      giveUp(error);
    }
  }

  function giveUp(error: LiveError): void {
    queueMicrotask(() => stopped || wish.failed(error));
  }

  const guest: Guest = {
    arrive(arrived) {
      connection = arrived;
      start();
    },
    leave() {
      pause();
      connection = undefined;
    },
    giveUp,
  };
  keeper.add(guest);
  return {
    again,
    stop() {
      stopped = true;
      keeper.remove(guest);
    },
  };
}
