import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';

/** What a subscriber has got so far; grows as messages come. */
export interface Followed<T> {
  readonly seen: T[];
  readonly errors: unknown[];
  stop(): void;
}

/** A balance as it is told to who follows it. */
export interface ToldBalance {
  readonly currency: { readonly code: string };
  readonly version: string;
  readonly available: number;
  readonly resync: boolean;
}

const clients: Client[] = [];

/** Follows a subscription with one root field over a real socket of its own, without reconnecting. */
export function follow<T>(
  { wsUrl }: { readonly wsUrl: string },
  token: string,
  query: string,
  variables: Record<string, unknown> = {},
): Followed<T> {
  const client = createClient({
    url: wsUrl,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
  clients.push(client);
  const seen: T[] = [];
  const errors: unknown[] = [];
  const stop = client.subscribe<Record<string, T>>(
    { query, variables },
    {
      next: ({ data, errors: refused }) => {
        for (const value of Object.values(data ?? {})) seen.push(value);
        errors.push(...(refused ?? []));
      },
      error: (error) => void errors.push(...[error].flat()),
      complete: () => undefined,
    },
  );
  return { seen, errors, stop };
}

/** Ends all sockets that a file has opened. */
export async function stopFollowing(): Promise<void> {
  await Promise.all(clients.splice(0).map((client) => client.dispose()));
}

/** Waits until something holds. */
export async function until(holds: () => boolean, patience = 5_000): Promise<void> {
  for (const deadline = Date.now() + patience; !holds(); ) {
    if (Date.now() > deadline) throw new Error('this did not come true in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
