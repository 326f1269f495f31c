/** What waits for one subscriber. */
export interface Inbox<T> {
  push(items: readonly T[]): void;
  /** What has come since, as soon as there is something; `BEHIND` when more came than is kept, undefined when closed. */
  next(): Promise<readonly T[] | typeof BEHIND | undefined>;
  close(): void;
}

/** Items were dropped: the subscriber has to read for itself. */
export const BEHIND = Symbol('behind');

/** An inbox that keeps at most `capacity` items, so that a slow subscriber costs no memory. */
export function openInbox<T>(capacity: number): Inbox<T> {
  let kept: T[] = [];
  let state: 'open' | 'behind' | 'closed' = 'open';
  let wake: (() => void) | undefined;
  const change = (): void => {
    wake?.();
    wake = undefined;
  };
  return {
    push(items) {
      if (state !== 'open') return;
      if (kept.length + items.length > capacity) {
        state = 'behind';
        kept = [];
      } else kept.push(...items);
      change();
    },
    async next() {
      while (state === 'open' && kept.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      if (state === 'closed') return undefined;
      if (state === 'behind') {
        state = 'open';
        return BEHIND;
      }
      const items = kept;
      kept = [];
      return items;
    },
    close() {
      state = 'closed';
      kept = [];
      change();
    },
  };
}
