/** What a client has been sent and not read yet. */
export interface Backlog {
  isFull(): boolean;
  whenDrained(drained: () => void): void;
  /** The client has gone. */
  forget(): void;
}

interface BacklogOptions {
  /** Bytes that are sent and not read. */
  readonly bytes: () => number;
  /** The client was too slow for too long. */
  readonly onTooSlow: () => void;
  /** How long a client may read nothing. */
  readonly patienceMs?: number;
}

/** More than this unread is too much; at less than a quarter of it the client has caught up. */
const MAX_BYTES = 256 * 1024;
const LOW_BYTES = MAX_BYTES / 4;
const LOOK_EVERY = 100;
/** Who reads nothing for so long is better off reconnecting. */
const PATIENCE_MS = 30_000;

/** Watches how much a client has left to read. Costs nothing while the client keeps up. */
export function createBacklog({ bytes, onTooSlow, patienceMs = PATIENCE_MS }: BacklogOptions): Backlog {
  let waiting: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let since = 0;

  function look(): void {
    if (bytes() <= LOW_BYTES) {
      forgetTimer();
      const drained = waiting;
      waiting = [];
      for (const each of drained) each();
    } else if (performance.now() - since > patienceMs) {
      forgetTimer();
      onTooSlow();
    }
  }

  function forgetTimer(): void {
    clearInterval(timer);
    timer = undefined;
  }

  return {
    isFull: () => bytes() > MAX_BYTES,
    whenDrained(drained) {
      waiting.push(drained);
      if (timer !== undefined) return;
      since = performance.now();
      timer = setInterval(look, LOOK_EVERY);
      timer.unref();
    },
    forget() {
      forgetTimer();
      waiting = [];
    },
  };
}
