// What one client has seen of a member's balances over all its subscriptions, and whether that is as promised: versions one by one, none twice, never back.

import type { Change } from './session.ts';

export interface Held {
  readonly version: bigint;
  readonly text: string;
}

export interface BalanceBook {
  /** The last that is known of each currency. */
  readonly last: ReadonlyMap<string, Held>;
  /** Takes one message; answers what was wrong with it. */
  take(change: Change): 'snapshot' | 'change' | 'gap' | 'repeat' | 'backwards';
}

/** Balances in one line, to compare by. */
export const balancesText = (of: { available: unknown; pending: unknown; held: unknown }): string =>
  `${of.available}/${of.pending}/${of.held}`;

export function openBalanceBook(): BalanceBook {
  const last = new Map<string, Held>();
  return {
    last,
    take(change) {
      const { code } = change.currency;
      const version = BigInt(change.version);
      const known = last.get(code)?.version;
      const keep = <Verdict>(verdict: Verdict): Verdict => {
        last.set(code, { version, text: balancesText(change) });
        return verdict;
      };
      if (change.resync) return known !== undefined && version < known ? 'backwards' : keep('snapshot');
      if (known === undefined) return keep('gap');
      if (version <= known) return 'repeat';
      return keep(version === known + 1n ? 'change' : 'gap');
    },
  };
}
