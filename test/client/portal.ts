import WebSocket from 'ws';
import {
  type Balance,
  type BalanceGap,
  type BalanceNews,
  type BalancesWish,
  createLiveClient,
  type LiveClient,
  type LiveClientOptions,
  type LiveError,
  type LiveState,
} from '../../src/client/create-live-client.ts';

/** A portal that follows balances, and what it has seen. */
export interface Portal {
  readonly live: LiveClient;
  readonly seen: (Balance & BalanceNews)[];
  readonly gaps: BalanceGap[];
  readonly errors: LiveError[];
  readonly states: { state: LiveState; reason: LiveError | undefined }[];
  stop(): void;
}

/** Waits for a connection a short time only, so that tests are short. */
export function openPortal(
  options: Pick<LiveClientOptions, 'url' | 'token'> & Partial<LiveClientOptions>,
  wish: Partial<BalancesWish> = {},
): Portal {
  const [seen, gaps, errors, states]: [Portal['seen'], BalanceGap[], LiveError[], Portal['states']] = [[], [], [], []];
  const live = createLiveClient({
    webSocketImpl: WebSocket,
    longestRetryMs: 400,
    onState: (state, reason) => states.push({ state, reason }),
    ...options,
  });
  const stop = live.balances({
    onBalance: (balance, news) => seen.push({ ...balance, ...news }),
    onGap: (gap) => gaps.push(gap),
    onError: (error) => errors.push(error),
    ...wish,
  });
  return { live, seen, gaps, errors, states, stop };
}

export async function until(holds: () => boolean, patience = 8_000): Promise<void> {
  for (const deadline = performance.now() + patience; !holds(); ) {
    if (performance.now() > deadline) throw new Error(`this did not come true in time: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The versions of one currency as they were shown. */
export const versionsOf = ({ seen }: Portal, code: string): number[] =>
  seen.filter(({ currency }) => currency === code).map(({ version }) => Number(version));
